internal import GRDB
internal import Kubernetes
internal import Synchronization

/// The store in one SQLite file, which several processes may have open: `merlon token create` writes beside a
/// running server.
///
/// What a function has written is on the disk when it returns (`synchronous=FULL`), and readers do not wait for
/// writers (WAL). A file that others can read, that is damaged, or that a later version wrote is refused unchanged.
package final class SQLiteStore: Store {
  let database: any DatabaseWriter
  /// Where it is, for messages.
  let path: String
  private let sealingState: Mutex<Sealing>

  /// Opens a file, or makes it with mode 600.
  ///
  /// - Parameters:
  ///   - key: seals secrets, and opens what it sealed.
  ///   - others: keys that only open what was sealed before.
  package convenience init(path: String, key: SealingKey, others: [SealingKey] = []) throws(StoreError) {
    let database = try Self.open(path)
    self.init(database, path, Sealing(current: key, others: others))
  }

  /// A store that ends with the process, for tests and trials.
  package convenience init(inMemoryWith key: SealingKey) throws(StoreError) {
    do {
      let database = try DatabaseQueue(configuration: Self.configuration)
      try Schema.migrator.migrate(database)
      self.init(database, "memory", Sealing(current: key, others: []))
    } catch {
      throw StoreError(error, at: "memory")
    }
  }

  private init(_ database: any DatabaseWriter, _ path: String, _ sealing: Sealing) {
    self.database = database
    self.path = path
    sealingState = Mutex(sealing)
  }

  /// The keys of the moment. Writers ask in their transaction, so that none seals with a key that has gone.
  var sealing: Sealing {
    get { sealingState.withLock { $0 } }
    set { sealingState.withLock { $0 = newValue } }
  }

  // MARK: Transactions

  /// One moment of the database.
  func read<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(StoreError) -> Value {
    do {
      return try await database.read(body)
    } catch {
      throw StoreError(error, at: path)
    }
  }

  /// A transaction: everything is on disk when it returns, or nothing is when it throws.
  func write<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(StoreError) -> Value {
    do {
      return try await database.write(body)
    } catch {
      throw StoreError(error, at: path)
    }
  }
}

extension SQLiteStore {
  /// Refuses texts that SQLite would cut short.
  func requireStorable(_ texts: String...) throws(StoreError) {
    try requireStorable(texts)
  }

  func requireStorable(_ texts: [String]) throws(StoreError) {
    if texts.contains(where: { $0.utf8.contains(0) }) {
      throw StoreError(.invalid, "a NUL character cannot be stored", fix: "remove it")
    }
  }
}

extension StoreError {
  /// What was thrown in a transaction. SQLite's messages name tables and columns, never values.
  init(_ error: any Error, at path: String) {
    switch error {
    case let error as StoreError: self = error
    case let error as UnreadableRecord: self.init(error)
    case let error as DatabaseError: self.init(error, at: path)
    case is CancellationError: self.init(.unavailable, "the task ended before anything was stored")
    default: self.init(.unavailable, "\(path) cannot be used: \(type(of: error))")
    }
  }

  private init(_ error: DatabaseError, at path: String) {
    let message = error.message ?? "SQLite error \(error.resultCode.rawValue)"
    switch error.resultCode {
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged(path, message)
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      self.init(.busy, "\(path) is held by another process", fix: "try again")
    case .SQLITE_FULL: self.init(.full, "\(path) cannot grow: \(message)", fix: "make room on that disk")
    default: self.init(.unavailable, "\(path) cannot be used: \(message)")
    }
  }

  static func damaged(_ path: String, _ problem: String) -> StoreError {
    StoreError(
      .damaged, "\(path) is damaged: \(problem)",
      fix: "keep a copy of it, then restore a backup, or save what is left with "
        + "`sqlite3 \(path) .recover | sqlite3 recovered.db`")
  }
}
