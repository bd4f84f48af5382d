import Foundation
import WebPolicies

/// `write-chart FOLDER` writes the policies of the chart into its folder.
@main
struct Main {
  static func main() throws {
    guard CommandLine.arguments.count == 2 else {
      print("usage: write-chart FOLDER")
      exit(2)
    }
    let folder = URL(filePath: CommandLine.arguments[1], directoryHint: .isDirectory)
    for file in try WebPolicies.chart().files {
      let path = folder.appending(path: file.path)
      try FileManager.default.createDirectory(
        at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
      try file.text.write(to: path, atomically: true, encoding: .utf8)
      print("wrote \(path.relativePath)")
    }
  }
}
