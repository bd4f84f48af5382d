internal import Glibc

/// A text with its name.
package struct ManifestText: Sendable {
  /// The name in messages: the path as it was given, or `<stdin>`.
  package let file: SourceFile
  /// YAML or JSON in UTF-8, a byte order mark included.
  package let bytes: [UInt8]

  package init(path: String, bytes: [UInt8]) {
    file = SourceFile(path: path)
    self.bytes = bytes
  }

  package init(path: String, _ text: String) {
    self.init(path: path, bytes: Array(text.utf8))
  }
}

/// Why a file or folder could not be read.
package struct UnreadableInput: Error {
  package let problem: Diagnostic
  /// Whether there is nothing of that name.
  package let isMissing: Bool

  init(_ message: String, isMissing: Bool = false, fix: String? = nil) {
    problem = Diagnostic(.unreadable, .error, message, at: nil, fix: fix)
    self.isMissing = isMissing
  }

  /// - Parameter code: what the system call left in `errno`.
  init(_ path: String, errno code: Int32) {
    self.init("cannot read \(path): \(String(cString: strerror(code)))", isMissing: code == ENOENT)
  }
}

extension ManifestText {
  /// Reads a file whole, or standard input for `-`.
  ///
  /// - Parameter requiresUTF8: whether anything but UTF-8 is an error.
  package init(contentsOf path: String, requiresUTF8: Bool = true) throws(UnreadableInput) {
    let name = path == "-" ? "<stdin>" : path
    let bytes: [UInt8]
    if path == "-" {
      bytes = try Self.readAll(0, name)
    } else {
      let descriptor = open(path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { throw UnreadableInput(path, errno: errno) }
      defer { close(descriptor) }
      bytes = try Self.readAll(descriptor, name)
    }
    if requiresUTF8 { try Self.requireUTF8(bytes, name) }
    self.init(path: name, bytes: bytes)
  }

  private static func readAll(_ descriptor: Int32, _ name: String) throws(UnreadableInput) -> [UInt8] {
    var bytes: [UInt8] = []
    var status = stat()
    if fstat(descriptor, &status) == 0, status.st_size > 0 {
      bytes.reserveCapacity(Int(status.st_size) + 1)
    }
    let chunk = 1 << 16
    var buffer = [UInt8](repeating: 0, count: chunk)
    while true {
      let count = read(descriptor, &buffer, chunk)
      if count < 0 {
        if errno == EINTR { continue }
        throw UnreadableInput(name, errno: errno)
      }
      if count == 0 { return bytes }
      bytes.append(contentsOf: buffer[..<count])
      if bytes.count > DocumentLimits.inputBytes {
        throw UnreadableInput(
          "\(name) is larger than \(DocumentLimits.inputBytes >> 20) MiB", fix: "split it")
      }
    }
  }

  private static func requireUTF8(_ bytes: [UInt8], _ name: String) throws(UnreadableInput) {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      throw UnreadableInput("\(name) is UTF-16, not UTF-8", fix: "iconv -t UTF-8")
    }
    if bytes.withUnsafeBufferPointer({ String(validating: $0, as: UTF8.self) }) == nil {
      throw UnreadableInput("\(name) is not UTF-8 text")
    }
  }
}

extension ManifestText {
  /// Whether the first line of a file that says something begins a list: no manifest does. Looks at its first 64 KiB.
  package static func startsWithList(path: String) -> Bool {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = read(descriptor, &buffer, buffer.count)
    guard count > 0 else { return false }
    let lines = buffer[..<count].split(separator: UInt8(ascii: "\n"))
    let first = lines.first { line in
      let start = line.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") }
      return !start.isEmpty && start.first != UInt8(ascii: "#") && !start.starts(with: Array("---".utf8))
    }
    return first?.starts(with: Array("- ".utf8)) ?? false
  }
}
