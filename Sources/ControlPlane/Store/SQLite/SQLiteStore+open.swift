internal import GRDB
internal import Glibc

extension SQLiteStore {
  /// How long a writer waits for another process, in seconds.
  private static let patience = 10.0

  static var configuration: Configuration {
    var configuration = Configuration()
    configuration.busyMode = .timeout(patience)
    configuration.foreignKeysEnabled = true
    configuration.label = "merlon"
    // What is deleted, or was sealed with a key that has gone, is overwritten.
    configuration.prepareDatabase { try $0.execute(sql: "PRAGMA secure_delete = ON") }
    return configuration
  }

  /// Opens a database for use, after everything that could be wrong with it was looked for.
  static func open(_ path: String) throws(StoreError) -> any DatabaseWriter {
    if path.isEmpty || path.hasPrefix(":") {
      throw StoreError(.invalid, "`\(path)` is not the path of a file")
    }
    return try withFolderLocked(of: path) { () throws(StoreError) in
      let exists = try PrivateFile.exists(path)
      // SQLite gives its other files the mode of the database.
      for suffix in ["-wal", "-shm", "-journal"] { _ = try PrivateFile.exists(path + suffix) }
      if exists { try inspect(path) } else { try PrivateFile.createEmpty(path) }
      do {
        let database = try DatabasePool(path: path, configuration: configuration)
        // The pool chooses NORMAL, with which a power cut may take the last writes back.
        try database.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        try Schema.migrator.migrate(database)
        return database
      } catch {
        throw StoreError(error, at: path)
      }
    }
  }

  /// Looks at a database without changing it.
  private static func inspect(_ path: String) throws(StoreError) {
    var configuration = configuration
    configuration.readonly = true
    do {
      do {
        try requireSound(try DatabaseQueue(path: path, configuration: configuration), path)
      } catch let error as DatabaseError where error.resultCode == .SQLITE_READONLY {
        // A process that was killed left a write half done, which SQLite takes back when it may write.
        configuration.readonly = false
        try requireSound(try DatabaseQueue(path: path, configuration: configuration), path)
      }
    } catch {
      throw StoreError(error, at: path)
    }
  }

  /// Refuses a database of another program or a later version, and a damaged one.
  private static func requireSound(_ queue: DatabaseQueue, _ path: String) throws {
    try queue.read { database in
      let application = try Int64.fetchOne(database, sql: "PRAGMA application_id")
      let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
      // A process that ended before the first migration was done leaves no tables, or the migrator's.
      let isBegun = try database.tableExists("grdb_migrations") && tables <= 2
      if tables > 0, application != Schema.applicationID, !isBegun {
        throw StoreError(.invalid, "\(path) is the database of another program", fix: "name another file")
      }
      if try Schema.migrator.hasBeenSuperseded(database) {
        throw StoreError(
          .newer, "\(path) was written by a later version of merlon; it stays as it is",
          fix: "run that version, or restore a backup from before")
      }
      let problems = try String.fetchAll(database, sql: "PRAGMA integrity_check(3)")
      if problems != ["ok"] { throw StoreError.damaged(path, problems.joined(separator: "; ")) }
    }
    try queue.close()
  }

  /// Lets one process at a time open databases of a folder: migrations and the change to WAL do not wait for each
  /// other otherwise. The lock ends with the process.
  private static func withFolderLocked<Value>(
    of path: String, _ body: () throws(StoreError) -> Value
  ) throws(StoreError) -> Value {
    let folder = PrivateFile.folder(of: path)
    let descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .system("open", path) }
    defer { close(descriptor) }
    while flock(descriptor, LOCK_EX) != 0 {
      // A file system without locks has no other process to wait for either.
      if errno == ENOLCK || errno == EOPNOTSUPP { break }
      if errno != EINTR { throw .system("lock", folder) }
    }
    return try body()
  }
}
