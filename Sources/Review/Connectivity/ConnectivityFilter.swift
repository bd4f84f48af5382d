package import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// Which rows of a connectivity report are wanted.
package struct ConnectivityFilter: Sendable {
  /// Rows with an end in this namespace.
  package var namespace: String?
  /// Rows that come from here; nil for all.
  package var source: EndPattern?
  /// Rows that lead here; nil for all.
  package var destination: EndPattern?
  /// Rows that carry this port; only it is shown.
  package var port: (transport: TransportProtocol, number: UInt16)?

  package init(
    namespace: String? = nil, source: EndPattern? = nil, destination: EndPattern? = nil,
    port: (transport: TransportProtocol, number: UInt16)? = nil
  ) {
    self.namespace = namespace
    self.source = source
    self.destination = destination
    self.port = port
  }

  /// The part of some traffic that is asked for.
  func visible(_ traffic: TrafficSet) -> TrafficSet {
    guard let port else { return traffic }
    return traffic.intersection(TrafficSet(port.transport, PortSet(port.number)))
  }
}

/// Some ends: `shop/web`, `shop/*`, `shop/deployment/web`, `internet`, an address, a domain name or `entity/name`.
package enum EndPattern: Sendable {
  case workloads(namespace: String, kind: String?, name: String)
  /// Everything that is not in the input.
  case internet
  case address(IPAddress)
  /// One domain name; as a destination only.
  case domain(String)
  /// What rows show under this text.
  case entity(String)

  /// Nil when the text is none of the forms.
  package init?(_ text: String) {
    if text == "internet" {
      self = .internet
      return
    }
    if let address = IPAddress(text) {
      self = .address(address)
      return
    }
    if NameRules.domainNameProblem(text) == nil {
      self = .domain(text)
      return
    }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.allSatisfy({ !$0.isEmpty }) else { return nil }
    switch parts.count {
    case 1: self = .workloads(namespace: parts[0], kind: nil, name: "*")
    case 2 where parts[0] == "entity": self = .entity(text)
    case 2: self = .workloads(namespace: parts[0], kind: nil, name: parts[1])
    case 3: self = .workloads(namespace: parts[0], kind: parts[1], name: parts[2])
    default: return nil
    }
  }

  func matches(namespace: String, kind: String, name: String) -> Bool {
    guard case .workloads(let wantedNamespace, let wantedKind, let wantedName) = self else { return false }
    return Self.glob(wantedNamespace, namespace) && Self.glob(wantedName, name)
      && (wantedKind.map { $0.lowercased() == kind.lowercased() } ?? true)
  }

  func matches(_ addresses: AddressSet) -> Bool {
    switch self {
    case .workloads, .domain, .entity: false
    case .internet: true
    case .address(let address): addresses.contains(address)
    }
  }

  func matches(_ end: CompiledPolicies.NamedEnd) -> Bool {
    switch self {
    case .workloads, .address: false
    case .internet: true
    case .domain(let name): end.domain?.description == name
    case .entity(let name): end.text == name
    }
  }

  /// Whether pods that are not in the input are meant, too.
  var meansPodsOutside: Bool {
    if case .internet = self { true } else { false }
  }

  /// `*` stands for any characters.
  private static func glob(_ pattern: String, _ text: String) -> Bool {
    if !pattern.contains("*") { return pattern == text }
    var rest = Substring(text)
    let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
    for (index, part) in parts.enumerated() {
      if index == 0 {
        guard rest.hasPrefix(part) else { return false }
        rest = rest.dropFirst(part.count)
      } else if index == parts.count - 1 {
        return rest.hasSuffix(part)
      } else if let found = rest.firstRange(of: part) {
        rest = rest[found.upperBound...]
      } else if !part.isEmpty {
        return false
      }
    }
    return rest.isEmpty
  }
}

extension Substring {
  /// The first place of a text that is not empty.
  fileprivate func firstRange(of text: Substring) -> Range<Index>? {
    if text.isEmpty { return nil }
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
      start = index(after: start)
    }
    return nil
  }
}
