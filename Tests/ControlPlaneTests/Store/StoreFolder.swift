import Foundation
import GRDB
import Kubernetes
import Testing

@testable import ControlPlane

/// A temporary folder with a database and keys.
final class StoreFolder: Sendable {
  let root: String

  init() throws {
    root = FileManager.default.temporaryDirectory.appendingPathComponent("merlon-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  var database: String { path("merlon.db") }

  func path(_ name: String) -> String { "\(root)/\(name)" }

  func open(_ key: SealingKey = .a, others: [SealingKey] = []) throws -> SQLiteStore {
    try SQLiteStore(path: database, key: key, others: others)
  }

  /// The error of opening it; with `~` for this folder.
  func openError() throws -> StoreError {
    let error = try #require(throws: StoreError.self) { try self.open() }
    return error.replacing(root, with: "~")
  }

  /// Does to the database what Merlon would not.
  func execute(_ sql: String) throws {
    let queue = try DatabaseQueue(path: database)
    try queue.write { try $0.execute(sql: sql) }
    try queue.close()
  }

  /// Copies the database as a process leaves it that is killed in a transaction of SQLite's first kind of journal.
  func leaveHalfDone(_ sql: String, in other: StoreFolder) throws {
    let queue = try DatabaseQueue(path: database)
    try queue.inDatabase { connection in
      try connection.execute(sql: "PRAGMA journal_mode = DELETE; PRAGMA cache_size = 1; BEGIN")
      try connection.execute(sql: sql)
      for name in try files { try other.write(bytes(name) ?? [], to: name) }
      try connection.execute(sql: "ROLLBACK")
    }
    #expect(try other.files == ["merlon.db", "merlon.db-journal"])
  }

  func bytes(_ name: String = "merlon.db") -> [UInt8]? {
    FileManager.default.contents(atPath: path(name)).map { Array($0) }
  }

  func write(_ bytes: [UInt8], to name: String = "merlon.db", mode: Int = 0o600) throws {
    #expect(FileManager.default.createFile(atPath: path(name), contents: Data(bytes)))
    try setMode(mode, of: name)
  }

  func setMode(_ mode: Int, of name: String) throws {
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path(name))
  }

  func mode(of name: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path(name))[.posixPermissions] as? Int
  }

  var files: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: root).sorted() } }
}

extension StoreError {
  func replacing(_ root: String, with name: String) -> StoreError {
    StoreError(code, message.replacing(root, with: name), fix: fix?.replacing(root, with: name))
  }
}

extension SealingKey {
  static let a = test(1)
  static let b = test(2)

  private static func test(_ byte: UInt8) -> SealingKey {
    let text = Base64.encode([UInt8](repeating: byte, count: 32))
    do { return try SealingKey(base64: text, source: "test") } catch { return .random() }
  }
}

extension Timestamp {
  /// 2026-08-20T10:00:00Z and so many seconds.
  static func at(_ seconds: Int) -> Timestamp {
    Timestamp(secondsSince1970: 1_787_220_000 + seconds) ?? .earliest
  }
}

extension SQLiteStore {
  static func inMemory() throws -> SQLiteStore { try SQLiteStore(inMemoryWith: .a) }

  /// Does to the database what Merlon would not.
  func execute(_ sql: String) async throws {
    try await write { try $0.execute(sql: sql) }
  }

  func value(_ sql: String) async throws -> String? {
    try await write { try String.fetchOne($0, sql: sql) }
  }

  @discardableResult
  func create(_ name: String, token: String? = nil, server: String = "https://api:6443") async throws
    -> Integration
  {
    try await createIntegration(
      named: name, IntegrationSettings(server: server), token: token.map { SecretText($0) }, by: "ann",
      at: .at(0))
  }

  @discardableResult
  func append(_ text: String, expecting: ExpectedRevision = .any, at seconds: Int = 0) async throws
    -> AppendedRevision
  {
    try await appendRevision(
      PolicyDraft(text: text, canonicalText: text.lowercased()), expecting: expecting, by: "ann",
      at: .at(seconds))
  }

  /// `sequence actor action subject: change`, the oldest first.
  var trail: [String] {
    get async throws {
      try await auditTrail(.after(0), limit: 1000).map { stored in
        switch stored {
        case .readable(let entry):
          "\(entry.sequence) \(entry.actor) \(entry.action.rawValue) \(entry.subject): "
            + entry.change.replacing("\n", with: "; ")
        case .unreadable(let record): "\(record.id) unreadable: \(record.problem)"
        }
      }
    }
  }
}

/// The error that something ends with.
func storeError(_ body: () async throws -> Void) async throws -> StoreError {
  let error = await #expect(throws: StoreError.self) { try await body() }
  return try #require(error)
}
