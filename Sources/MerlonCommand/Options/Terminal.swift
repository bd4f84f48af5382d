internal import Glibc
internal import Review

/// Standard output and error. Data goes to the first, everything else to the second.
enum Terminal {
  /// Standard output, collected; flush it before the process ends.
  static var standardOutput: Output {
    Output { write($0, to: 1) }
  }

  static func writeError(_ text: String) {
    // Names come from files of whoever opened a pull request.
    var text = TerminalText.safe(text)
    text.withUTF8 { write(UnsafeRawBufferPointer($0), to: 2) }
  }

  static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  private static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) {
    var rest = bytes
    while let base = rest.baseAddress, !rest.isEmpty {
      let count = Glibc.write(descriptor, base, rest.count)
      if count < 0 {
        if errno == EINTR { continue }
        // Nobody reads any more, or the disk is full: there is nowhere left to say it but the exit code.
        exit(ExitStatus.unreadableInput.rawValue)
      }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }
}
