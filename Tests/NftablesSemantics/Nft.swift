internal import Glibc

/// The real `nft` of this machine, in a network namespace of its own that ends with the process.
package enum Nft {
  /// Nil when texts can be checked; otherwise why not.
  package static let obstacle: String? = run("", "--version").map {
    "nft cannot be run in a network namespace: \($0)"
  }

  /// What nft says against the text; nil when it accepts it.
  package static func refusal(of text: String) -> String? { run(text, "-c -f") }

  /// What nft says against loading texts one after the other into one namespace; nil when it accepts all.
  package static func refusal(ofLoading texts: [String]) -> String? {
    run(texts, "", { files in files.map { "nft -f \($0)" }.joined(separator: " && ") }).problem
  }

  /// What nft lists after texts were loaded one after the other into one namespace.
  package static func listing(afterLoading texts: [String]) -> String {
    run(texts, "", { files in files.map { "nft -f \($0) && " }.joined() + "nft list ruleset" }).output
  }

  private static func run(_ text: String, _ arguments: String) -> String? {
    run([text], arguments) { files in
      arguments == "--version" ? "nft --version" : "nft \(arguments) \(files.joined(separator: " "))"
    }.problem
  }

  private static func run(
    _ texts: [String], _ arguments: String, _ command: ([String]) -> String
  ) -> (output: String, problem: String?) {
    var folder = Array("/tmp/merlon-nft-XXXXXX".utf8CString)
    guard mkdtemp(&folder) != nil else { return ("", "no temporary folder") }
    let path = folder.withUnsafeBufferPointer { buffer in
      String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
    var files: [String] = []
    for (number, text) in texts.enumerated() {
      let file = "\(path)/\(number).nft"
      guard let stream = fopen(file, "w") else { return ("", "cannot write \(file)") }
      fputs(text, stream)
      fclose(stream)
      files.append(file)
    }
    defer {
      for file in files { unlink(file) }
      rmdir(path)
    }
    guard let pipe = popen("timeout 60 unshare --map-root-user --net sh -c '\(command(files))' 2>&1", "r")
    else { return ("", "cannot start a process") }
    var output: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = fread(&buffer, 1, buffer.count, pipe)
      if count == 0 { break }
      output += buffer[..<count]
    }
    let status = pclose(pipe)
    let text = String(decoding: output, as: UTF8.self)
    return (text, status == 0 ? nil : text)
  }
}
