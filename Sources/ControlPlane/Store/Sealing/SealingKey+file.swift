extension SealingKey {
  /// What to do when there is no file with a key.
  package enum Absence: Sendable {
    case refuse
    /// Make a new key and keep it there, with mode 600.
    case create
  }

  /// Reads a key from a file that only its owner can read.
  ///
  /// A file that is made appears whole or not at all; when two processes make it, both get the same key.
  package init(file path: String, whenAbsent absence: Absence = .refuse) throws(StoreError) {
    if let text = try PrivateFile.read(path) {
      try self.init(base64: text.revealed, source: path)
      return
    }
    guard absence == .create else {
      throw StoreError(
        .missing, "there is no key file \(path)", fix: "name the key's file, or let one be made")
    }
    let key = SealingKey.random()
    if try PrivateFile.create(path, SecretText(key.base64.revealed + "\n")) {
      self = key
    } else {
      try self.init(file: path)
    }
  }
}
