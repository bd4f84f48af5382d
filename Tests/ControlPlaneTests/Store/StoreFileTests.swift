import Testing

@testable import ControlPlane

@Suite("the database file")
struct StoreFileTests {
  @Test("and what SQLite puts beside it have mode 600")
  func modes() async throws {
    let folder = try StoreFolder()
    let store = try folder.open()
    try await store.append("a")
    _ = try await store.activeRevision()
    #expect(try folder.files == ["merlon.db", "merlon.db-shm", "merlon.db-wal"])
    for name in try folder.files { #expect(try folder.mode(of: name) == 0o600) }
  }

  @Test("is written through: WAL, synchronous=FULL, foreign keys, secure delete")
  func settings() async throws {
    let folder = try StoreFolder()
    let store = try folder.open()
    #expect(try await store.value("PRAGMA journal_mode") == "wal")
    #expect(try await store.value("PRAGMA synchronous") == "2")
    #expect(try await store.value("PRAGMA foreign_keys") == "1")
    #expect(try await store.value("PRAGMA secure_delete") == "1")
    #expect(try await store.value("PRAGMA busy_timeout") == "10000")
  }

  @Test("keeps what was written when it is opened again")
  func reopening() async throws {
    let folder = try StoreFolder()
    do { try await folder.open().create("prod", token: "hunter2") }
    #expect(try await folder.open().integration(named: "prod")?.token == SecretText("hunter2"))
  }

  @Test(
    "is refused when others can read it",
    arguments: [
      ("merlon.db", 0o644), ("merlon.db", 0o640), ("merlon.db-wal", 0o604), ("merlon.db-shm", 0o660),
    ])
  func exposure(_ name: String, _ mode: Int) throws {
    let folder = try StoreFolder()
    let store = try folder.open()
    try folder.setMode(mode, of: name)
    let error = try folder.openError()
    #expect(error.code == .exposed)
    #expect(error.message == "~/\(name) is open to others: its mode is \(String(mode, radix: 8))")
    #expect(error.fix == "chmod 600 ~/\(name)")
    withExtendedLifetime(store) {}
  }

  @Test("of a later version is refused unchanged")
  func newer() throws {
    let folder = try StoreFolder()
    _ = try folder.open()
    try folder.execute("INSERT INTO grdb_migrations VALUES ('2'); CREATE TABLE later (x)")
    let before = folder.bytes()
    let error = try folder.openError()
    #expect(error.code == .newer)
    #expect(error.message == "~/merlon.db was written by a later version of merlon; it stays as it is")
    #expect(error.fix == "run that version, or restore a backup from before")
    #expect(folder.bytes() == before)
  }

  @Test("of another program is refused unchanged")
  func otherProgram() throws {
    let folder = try StoreFolder()
    try folder.execute("CREATE TABLE recipes (x)")
    try folder.setMode(0o600, of: "merlon.db")
    let before = folder.bytes()
    let error = try folder.openError()
    #expect(error.code == .invalid)
    #expect(error.message == "~/merlon.db is the database of another program")
    #expect(folder.bytes() == before)
  }

  @Test("that is empty, as a process leaves it that ended at once, is used")
  func empty() async throws {
    let folder = try StoreFolder()
    try folder.write([])
    #expect(try await folder.open().append("a").isNew)
  }

  @Test("that was left with a write half done is as it was before the write")
  func halfDone() async throws {
    let killed = try StoreFolder()
    do { try await killed.open().append("a") }
    let folder = try StoreFolder()
    try killed.leaveHalfDone("UPDATE policy_revision SET note = hex(zeroblob(50000))", in: folder)
    let revision = try #require(try await folder.open().activeRevision())
    #expect(revision.text == "a" && revision.header.note.isEmpty)
  }

  /// Where bytes are overwritten, as parts of the file.
  @Test("that is damaged is refused unchanged", arguments: [(0.0, 0.01), (0.2, 0.8), (0.5, 1.0)])
  func damage(_ start: Double, _ end: Double) async throws {
    let folder = try StoreFolder()
    do {
      let store = try folder.open()
      for number in 0..<50 { try await store.append("text \(number)") }
    }
    var bytes = try #require(folder.bytes())
    let range = Int(start * Double(bytes.count))..<Int(end * Double(bytes.count))
    bytes.replaceSubrange(range, with: [UInt8](repeating: 0xA5, count: range.count))
    try folder.write(bytes)
    let error = try folder.openError()
    #expect(error.code == .damaged)
    #expect(error.message.hasPrefix("~/merlon.db is damaged: "))
    #expect(error.fix?.contains("restore a backup") == true)
    #expect(folder.bytes() == bytes)
  }

  @Test("that is cut is refused")
  func cut() async throws {
    let folder = try StoreFolder()
    do {
      let store = try folder.open()
      for number in 0..<50 { try await store.append("text \(number)") }
    }
    let bytes = try #require(folder.bytes())
    try folder.write(Array(bytes[..<(bytes.count / 2)]))
    #expect(try folder.openError().code == .damaged)
  }

  @Test("needs its folder")
  func noFolder() throws {
    let error = try #require(throws: StoreError.self) { try SQLiteStore(path: "/nowhere/merlon.db", key: .a) }
    #expect(error.code == .unavailable)
    #expect(error.fix == "mkdir -m 700 -p /nowhere")
  }

  @Test("is a file", arguments: ["", ":memory:"])
  func noPath(_ path: String) throws {
    let error = try #require(throws: StoreError.self) { try SQLiteStore(path: path, key: .a) }
    #expect(error.message == "`\(path)` is not the path of a file")
  }

  @Test("holds no secret, nor does the log beside it")
  func secrets() async throws {
    let folder = try StoreFolder()
    let store = try folder.open()
    try await store.create("prod", token: "first-hunter2")
    _ = try await store.updateIntegration(
      named: "prod", IntegrationSettings(server: "https://api"), token: .set(SecretText("second-hunter2")),
      expecting: nil, by: "ann", at: .at(1))
    let token = try await store.createToken(named: "ci", role: .admin, expiresAt: nil, by: "ann", at: .at(1))
    let secrets = [
      "hunter2", token.text.revealed, String(token.text.revealed.dropFirst(4).prefix(12)),
      SealingKey.a.base64.revealed, String(repeating: "\u{1}", count: 32),
    ]
    func requireNone() throws {
      for name in try folder.files {
        let bytes = try #require(folder.bytes(name))
        for secret in secrets {
          #expect(bytes.firstRange(of: Array(secret.utf8)) == nil, "\(name) holds a secret")
        }
      }
      let all = try folder.files.flatMap { folder.bytes($0) ?? [] }
      #expect(all.firstRange(of: Array("https://api".utf8)) != nil, "what is no secret is found this way")
    }
    try requireNone()
    _ = try await store.rotate(from: .a, to: .b, by: "ann", at: .at(2))
    try requireNone()
  }
}
