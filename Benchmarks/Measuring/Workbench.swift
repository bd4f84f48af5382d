internal import Glibc

/// The programs that are measured, and a folder for their input.
struct Workbench {
  let merlon: String
  /// This program.
  let bench: String
  private let folder: String
  /// How often a short measurement is repeated; the best counts.
  let runs: Int
  /// Whether large inputs for rates are cut short.
  let isQuick: Bool

  init(isQuick: Bool) throws(BenchmarkFailure) {
    self.isQuick = isQuick
    runs = isQuick ? 1 : 3
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = readlink("/proc/self/exe", &buffer, buffer.count)
    guard length > 0 else { throw BenchmarkFailure("cannot find this program") }
    bench = String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    merlon = bench.split(separator: "/").dropLast().map { "/\($0)" }.joined() + "/merlon"
    guard access(merlon, X_OK) == 0 else {
      throw BenchmarkFailure("no \(merlon): build the product merlon with the same scratch path")
    }
    var template = Array("/tmp/merlon-bench-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw BenchmarkFailure("cannot make a folder in /tmp") }
    folder = String(cString: made)
  }

  /// Writes a cluster to a file and answers its path. A process of its own makes it, so that this one stays small.
  func file(_ shape: SyntheticCluster.Shape) throws(BenchmarkFailure) -> String {
    let path = "\(folder)/\(shape.workloads)-\(shape.namespaces)-\(shape.policies)-\(shape.dialect).yaml"
    if access(path, R_OK) == 0 { return path }
    var generator = ChildProcess(
      program: bench,
      arguments: [
        "generate", "--workloads", "\(shape.workloads)", "--namespaces", "\(shape.namespaces)", "--policies",
        "\(shape.policies)", "--pods-per-workload", "\(shape.podsPerWorkload)", "--seed", "\(shape.seed)",
        "--dialect", shape.dialect.rawValue,
      ])
    generator.output = path
    _ = try generator.run()
    return path
  }

  func removeFiles() {
    guard let stream = opendir(folder) else { return }
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { unlink("\(folder)/\(name)") }
    }
    closedir(stream)
    rmdir(folder)
  }
}
