internal import GRDB

/// The tables, as one migration per version that was ever released.
enum Schema {
  /// Says that a file is Merlon's: `Mrln`.
  static let applicationID: Int64 = 0x4D72_6C6E

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { database in
      try database.execute(sql: version1)
    }
    return migrator
  }

  /// Moments are seconds since 1970; `STRICT` holds every column to its type.
  private static let version1 = """
    PRAGMA application_id = \(applicationID);
    CREATE TABLE integration (
      name TEXT NOT NULL PRIMARY KEY,
      server TEXT NOT NULL,
      certificate_authority TEXT,
      tls_server_name TEXT,
      token TEXT, -- sealed
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL,
      generation INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE policy_revision (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      text TEXT NOT NULL,
      canonical_text TEXT NOT NULL,
      digest TEXT NOT NULL,
      author TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      note TEXT NOT NULL,
      origin INTEGER REFERENCES policy_revision (number)
    ) STRICT;
    CREATE TABLE api_token (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      name TEXT NOT NULL,
      role TEXT NOT NULL,
      hash TEXT NOT NULL UNIQUE, -- SHA-256
      created_at INTEGER NOT NULL,
      expires_at INTEGER,
      revoked_at INTEGER
    ) STRICT;
    CREATE TABLE audit (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT,
      at INTEGER NOT NULL,
      actor TEXT NOT NULL,
      action TEXT NOT NULL,
      subject TEXT NOT NULL,
      change TEXT NOT NULL
    ) STRICT;
    """
}
