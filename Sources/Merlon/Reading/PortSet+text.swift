internal import Kubernetes

extension PortSet {
  /// Reads `tcp/80`, `tcp/8000-8080`, `udp` (all ports), `tcp/metrics` (by name), `icmp`, `icmp/8`, `icmpv6/128/0`,
  /// `protocol/47`, `any`; nil for what is none of these.
  init?(text: String) {
    if text == "any" {
      self = .any
      return
    }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    if let transport = Transport(rawValue: parts[0]) {
      switch parts.count {
      case 1: self.init([.all(transport)])
      case 2:
        guard let entry = Self.entry(parts[1], transport) else { return nil }
        self.init([entry])
      default: return nil
      }
      return
    }
    let numbers = parts.dropFirst().map { UInt8($0) }
    guard !numbers.contains(nil) else { return nil }
    let values = numbers.compactMap { $0 }
    switch (parts[0], values.count) {
    case ("icmp", 0...2), ("icmpv6", 0...2):
      self.init([
        .icmp(
          parts[0] == "icmp" ? .ipv4 : .ipv6, type: values.first, code: values.count == 2 ? values[1] : nil)
      ])
    case ("protocol", 1): self.init([.other(values[0])])
    default: return nil
    }
  }

  /// `80`, `8000-8080`, `metrics`. Numbers that are no ports are found by ``problems``.
  private static func entry(_ text: String, _ transport: Transport) -> Entry? {
    if let port = UInt16(text) { return .range(transport, port, port) }
    let ends = text.split(separator: "-", omittingEmptySubsequences: false)
    if ends.count == 2, let first = UInt16(ends[0]), let last = UInt16(ends[1]) {
      return .range(transport, first, last)
    }
    return text.allSatisfy(\.isNumber) || text.isEmpty ? nil : .named(text, transport)
  }
}
