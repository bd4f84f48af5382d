package import Kubernetes

/// An entry of `icmps`: messages of any of its fields. Without fields it matches nothing.
package struct CiliumICMPRule: Sendable {
  /// One type of ICMP messages.
  package struct Field: Sendable, Hashable {
    package let family: AddressFamily
    package let type: UInt8
    /// As the author named it; nil for a number.
    package let name: String?
  }

  package let fields: [Located<Field>]
  package let location: SourceLocation

  /// The most fields an entry may have.
  private static let limit = 40

  init?(_ node: Node, field: String, _ problems: inout [Diagnostic]) {
    guard node.isMapping("\(field)[]", &problems) else { return nil }
    let entry = StrictFields(node, type: "ICMPRule", known: ["fields"], &problems)
    fields =
      entry.entries("fields", in: "\(field)[]", &problems) { element, problems in
        Field(element, &problems).map { Located($0, at: element.location) }
      } ?? []
    if fields.count > Self.limit {
      problems.reportRefusedByServer(
        at: fields[Self.limit].location, "`fields` may have at most \(Self.limit) entries")
    }
    location = node.location
  }
}

extension CiliumICMPRule.Field: CustomStringConvertible {
  /// `ICMPv4 EchoRequest`, `ICMPv6 128`.
  package var description: String {
    "\(family == .ipv4 ? "ICMPv4" : "ICMPv6") \(name ?? String(type))"
  }
}

extension CiliumICMPRule.Field {
  private enum Family: String, CaseIterable {
    case ipv4 = "IPv4"
    case ipv6 = "IPv6"
  }

  init?(_ node: Node, _ problems: inout [Diagnostic]) {
    let path = "fields[]"
    guard node.isMapping(path, &problems) else { return nil }
    let fields = StrictFields(node, type: "ICMPField", known: ["family", "type"], &problems)
    let named: Family? = fields.choice("family", in: path, &problems)
    family = named == .ipv6 ? .ipv6 : .ipv4
    guard let typeNode = fields["type"] else {
      problems.reportMissing(at: node.location, "an ICMP field needs a `type`")
      return nil
    }
    guard typeNode.content == .scalar else {
      problems.reportWrongType(typeNode, "\(path).type", expected: "a number or a name")
      return nil
    }
    guard case .string = typeNode.scalar else {
      guard let number = typeNode.integer("\(path).type", &problems) else { return nil }
      guard let type = UInt8(exactly: number) else {
        problems.reportInvalid(typeNode, "no ICMP message has the type \(number); types are 0 to 255")
        return nil
      }
      self.type = type
      name = nil
      return
    }
    let text = typeNode.text
    if let type = UInt8(text), String(type) == text {
      self.type = type
      name = nil
      return
    }
    guard let type = Self.types(family)[text] else {
      Self.reportUnknownType(text, family, at: typeNode.location, &problems)
      return nil
    }
    if !Self.isInSchema(text) {
      problems.reportRefusedByServer(
        at: typeNode.location, "the name `\(text)` is not in the schema of Cilium 1.20",
        fix: "write the number: \(type)")
    }
    self.type = type
    name = text
  }

  private static func reportUnknownType(
    _ text: String, _ family: AddressFamily, at location: SourceLocation, _ problems: inout [Diagnostic]
  ) {
    let version = family == .ipv4 ? "IPv4" : "IPv6"
    if isInSchema(text) {
      let other = family == .ipv4 ? "IPv6" : "IPv4"
      let isOfOther = types(family == .ipv4 ? .ipv6 : .ipv4)[text] != nil
      problems.reportIgnoredByAgent(
        at: location, "ICMP for \(version) has no type `\(text)`",
        fix: isOfOther ? "add family: \(other)" : nil)
    } else {
      problems.reportRefusedByServer(
        at: location, "`\(text)` is not an ICMP type",
        fix: Suggestion.nearest(to: text, among: types(family).keys.sorted()).map { "did you mean `\($0)`?" })
    }
  }

  private static func types(_ family: AddressFamily) -> [String: UInt8] {
    family == .ipv4 ? typesOfIPv4 : typesOfIPv6
  }

  /// The schema's pattern has a slip: it lists `ExtendedEcho Reply`, which no agent knows, instead of
  /// `ExtendedEchoReply`.
  private static func isInSchema(_ name: String) -> Bool {
    if name == "ExtendedEcho Reply" { return true }
    return name != "ExtendedEchoReply" && (typesOfIPv4[name] != nil || typesOfIPv6[name] != nil)
  }

  /// `pkg/policy/api/icmp.go`.
  private static let typesOfIPv4: [String: UInt8] = [
    "EchoReply": 0, "DestinationUnreachable": 3, "Redirect": 5, "Echo": 8, "EchoRequest": 8,
    "RouterAdvertisement": 9, "RouterSelection": 10, "TimeExceeded": 11, "ParameterProblem": 12,
    "Timestamp": 13, "TimestampReply": 14, "Photuris": 40, "ExtendedEchoRequest": 42,
    "ExtendedEchoReply": 43,
  ]

  private static let typesOfIPv6: [String: UInt8] = [
    "DestinationUnreachable": 1, "PacketTooBig": 2, "TimeExceeded": 3, "ParameterProblem": 4,
    "EchoRequest": 128, "EchoReply": 129, "MulticastListenerQuery": 130, "MulticastListenerReport": 131,
    "MulticastListenerDone": 132, "RouterSolicitation": 133, "RouterAdvertisement": 134,
    "NeighborSolicitation": 135, "NeighborAdvertisement": 136, "RedirectMessage": 137,
    "RouterRenumbering": 138, "ICMPNodeInformationQuery": 139, "ICMPNodeInformationResponse": 140,
    "InverseNeighborDiscoverySolicitation": 141, "InverseNeighborDiscoveryAdvertisement": 142,
    "HomeAgentAddressDiscoveryRequest": 144, "HomeAgentAddressDiscoveryReply": 145,
    "MobilePrefixSolicitation": 146, "MobilePrefixAdvertisement": 147,
    "DuplicateAddressRequestCodeSuffix": 157, "DuplicateAddressConfirmationCodeSuffix": 158,
    "ExtendedEchoRequest": 160, "ExtendedEchoReply": 161,
  ]
}
