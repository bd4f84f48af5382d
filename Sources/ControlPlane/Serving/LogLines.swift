internal import Glibc
internal import Kubernetes
package import Logging

/// Writes a log to standard error, one line for each entry.
package struct LogLines: LogHandler {
  package var metadata: Logger.Metadata = [:]
  package var logLevel: Logger.Level
  private let format: ServeConfiguration.LogFormat
  private let write: @Sendable (String) -> Void

  package init(
    _ format: ServeConfiguration.LogFormat, level: ServeConfiguration.LogLevel,
    write: @escaping @Sendable (String) -> Void = LogLines.toStandardError
  ) {
    self.format = format
    logLevel = Logger.Level(rawValue: level.rawValue) ?? .info
    self.write = write
  }

  package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  package func log(event: LogEvent) {
    let (level, message) = (event.level, event.message)
    var all = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
    if let error = event.error { all.append(("error", "\(error)")) }
    let now = "\(Timestamp.now)"
    switch format {
    case .text:
      let rest = all.map { " \($0.key)=\(JSONText.quoted("\($0.value)"))" }.joined()
      // A message is one line, whatever is in it.
      write("\(now) \(level.rawValue) \(Self.line("\(message)"))\(rest)\n")
    case .json:
      let members = [
        DataValue.Member("time", .string(now)), .init("level", .string(level.rawValue)),
        .init("message", .string("\(message)")),
      ]
      write(DataValue.object(members + all.map { .init($0.key, .string("\($0.value)")) }).json + "\n")
    }
  }

  private static func line(_ text: String) -> String {
    String(
      text.map {
        $0.isNewline || $0.unicodeScalars.contains { $0.properties.generalCategory == .control } ? " " : $0
      })
  }

  /// One call, so that lines of different threads do not mix.
  package static let toStandardError: @Sendable (String) -> Void = { text in
    var text = text
    text.withUTF8 { bytes in _ = Glibc.write(STDERR_FILENO, bytes.baseAddress, bytes.count) }
  }
}
