internal import Kubernetes
internal import SourceGroups

/// A packet that a gateway denied, or that a rule which is only audited would have decided.
struct ReportedDenial: Sendable, Equatable {
  enum Kind: String, Sendable {
    case deny
    case audit
  }

  let gateway: String
  /// Microseconds since 1970, by the gateway's clock.
  let time: Int
  let kind: Kind
  /// Nil for the policy's default.
  let group: String?
  let rule: String
  let source: IPAddress
  let destination: IPAddress
  /// The number of the protocol after IP.
  let transport: UInt8
  let sourcePort: UInt16?
  let port: UInt16?
  /// Who had the addresses when the report came: `prod/shop/web`.
  var sourceNames: [String] = []
  var destinationNames: [String] = []
}

extension ReportedDenial {
  /// Texts of a report are no longer than this, in bytes.
  private static let longestText = 512

  /// Reads an entry of a report. What it says is of a gateway, and checked as anything else is.
  init(_ node: Node, gateway: String) throws(RequestError) {
    guard node.content == .mapping else { throw RequestError(.invalid, "a denial is no object") }
    let known = [
      "number", "microseconds", "kind", "group", "rule", "source", "destination", "protocol", "sourcePort",
      "port",
    ]
    var fields: [String: Node] = [:]
    for (key, value) in node.members {
      guard known.contains(key.text) else {
        throw RequestError(.invalid, "`\(key.text.prefix(80))` is not a field of a denial")
      }
      guard fields.updateValue(value, forKey: key.text) == nil else {
        throw RequestError(.invalid, "`\(key.text)` stands twice")
      }
    }
    func text(_ name: String) throws(RequestError) -> String {
      guard let text = try fields[name]?.text(of: name), !text.isEmpty, text.utf8.count <= Self.longestText
      else {
        throw RequestError(.invalid, "`\(name)` is missing, empty or too long")
      }
      return text
    }
    func number<Number: FixedWidthInteger>(_ name: String) throws(RequestError) -> Number? {
      guard let node = fields[name] else { return nil }
      guard case .integer(let value) = node.scalar, let number = Number(exactly: value), number >= 0 else {
        throw RequestError(.invalid, "`\(name)` is no number that it can have")
      }
      return number
    }
    func address(_ name: String) throws(RequestError) -> IPAddress {
      guard let address = IPAddress(try text(name)) else {
        throw RequestError(.invalid, "`\(name)` is no IP address")
      }
      return address
    }
    guard let kind = Kind(rawValue: try text("kind")) else {
      throw RequestError(.invalid, "`kind` is neither deny nor audit")
    }
    guard let time: Int = try number("microseconds"), let transport: UInt8 = try number("protocol") else {
      throw RequestError(.invalid, "`microseconds` or `protocol` is missing")
    }
    self.gateway = gateway
    self.time = time
    self.kind = kind
    group = fields["group"] == nil ? nil : try text("group")
    rule = try text("rule")
    source = try address("source")
    destination = try address("destination")
    self.transport = transport
    sourcePort = try number("sourcePort")
    port = try number("port")
  }

  /// With who has its addresses at the moment.
  func named(_ identities: IdentitySnapshot) -> ReportedDenial {
    var denial = self
    denial.sourceNames = identities.holderNames(of: source)
    denial.destinationNames = identities.holderNames(of: destination)
    return denial
  }
}

extension IdentitySnapshot {
  /// Who has an address, as `prod/shop/web`.
  fileprivate func holderNames(of address: IPAddress) -> [String] {
    whois(address).map { "\($0.integration)/\($0.identity.name)" }
  }
}
