/// Cuts a stream of server-sent events into events (WHATWG HTML 9.2.6). Pieces may be cut anywhere.
struct EventStreamParser {
  struct Event: Equatable {
    /// `message` where the stream does not say it.
    var name = "message"
    /// The last id that the stream gave, with this event or before it.
    var id: String?
    var data = ""
  }

  private var line: [UInt8] = []
  private var event = Event()
  private var hasData = false
  /// A line feed after a carriage return ends no second line.
  private var endsInReturn = false

  /// The events that a piece completes.
  mutating func append(_ piece: [UInt8]) -> [Event] {
    var events: [Event] = []
    for byte in piece {
      let isSecondHalf = endsInReturn && byte == UInt8(ascii: "\n")
      endsInReturn = byte == UInt8(ascii: "\r")
      if isSecondHalf { continue }
      if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
        if let event = endLine() { events.append(event) }
      } else {
        line.append(byte)
      }
    }
    return events
  }

  /// An empty line ends an event; one without data is none.
  private mutating func endLine() -> Event? {
    defer { line.removeAll(keepingCapacity: true) }
    if line.isEmpty {
      defer {
        event = Event(id: event.id)
        hasData = false
      }
      return hasData ? event : nil
    }
    let name = line.prefix { $0 != UInt8(ascii: ":") }
    var value = line[name.endIndex...].dropFirst()
    if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
    let text = String(decoding: value, as: UTF8.self)
    switch String(decoding: name, as: UTF8.self) {
    case "event": event.name = text
    case "id": event.id = text
    case "data":
      event.data += hasData ? "\n" + text : text
      hasData = true
    // Comments have an empty name; other fields are for others.
    default: break
    }
    return nil
  }
}
