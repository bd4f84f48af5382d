import Glibc
import Testing

/// A folder of files for one test.
final class Folder {
  let path: String
  private var files: [String] = []

  init() throws {
    var name = Array("/tmp/merlon-tests-XXXXXX".utf8CString)
    try #require(mkdtemp(&name) != nil)
    path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Writes a file, and says where.
  func write(_ name: String, _ text: String) throws -> String {
    let file = "\(path)/\(name)"
    files.append(file)
    let stream = try #require(fopen(file, "w"))
    defer { fclose(stream) }
    try #require(fputs(text, stream) >= 0)
    return file
  }

  func remove() {
    for file in files { unlink(file) }
    rmdir(path)
  }
}
