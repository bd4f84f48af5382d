package import Kubernetes

/// A HostEndpoint: interfaces of a node that policies can select.
package struct CalicoHostEndpoint: Sendable {
  /// The interfaces of the node that it stands for.
  package enum Interface: Sendable, Hashable {
    /// `*`: all of them.
    case all
    case named(String)
    /// The one that has one of ``CalicoHostEndpoint/expectedIPs``.
    case ofExpectedIPs
  }

  package struct Port: Sendable {
    package let name: String
    /// TCP, UDP or SCTP.
    package let `protocol`: CalicoProtocol
    package let port: UInt16
    package let location: SourceLocation
  }

  /// Its labels are what selectors match.
  package let meta: ObjectMeta
  package let node: String
  package let interface: Interface
  /// The addresses that selectors of rules stand for.
  package let expectedIPs: [IPAddress]
  /// What decides after the last tier; without any, traffic is denied there.
  package let profiles: [String]
  /// The ports that rules can name.
  package let ports: [Port]
}

extension CalicoHostEndpoint {
  fileprivate struct Fields {
    let node: String
    let interface: Interface
    let expectedIPs: [IPAddress]
    let profiles: [String]
    let ports: [Port]
  }

  /// Reads and validates a HostEndpoint (`validateHostEndpointSpec` in `libcalico-go/lib/validator/v3`); nil when
  /// Calico would reject it, which is reported.
  package init?(_ object: ForeignObject, _ problems: inout [Diagnostic]) {
    let decoded = CalicoEnvelope.read(object, [.hostEndpoint], defaultNamespace: "", &problems) {
      Fields($0, &$1)
    }
    guard let (meta, fields) = decoded else { return nil }
    self.init(
      meta: meta, node: fields.node, interface: fields.interface, expectedIPs: fields.expectedIPs,
      profiles: fields.profiles, ports: fields.ports)
  }
}

extension CalicoHostEndpoint.Fields {
  init?(_ envelope: CalicoEnvelope, _ problems: inout [Diagnostic]) {
    let place = envelope.spec?.location ?? envelope.root.location
    let fields = envelope.spec.map {
      StrictFields(
        $0, type: "HostEndpointSpec", known: ["node", "interfaceName", "expectedIPs", "profiles", "ports"],
        &problems)
    }
    let node = fields?["node"]?.string("spec.node", &problems) ?? ""
    if let nodeNode = fields?["node"], !node.isEmpty, let problem = NameRules.subdomainProblem(node) {
      problems.reportInvalid(nodeNode, "the node name `\(node)` \(problem)")
    }
    if fields?.lacks("node") ?? true {
      problems.append(Diagnostic(.missingField, .error, "a HostEndpoint needs a `node`", at: place))
    }
    let interface = Self.interface(fields?["interfaceName"], &problems)
    let addresses = Self.addresses(fields?["expectedIPs"], &problems)
    if interface == .ofExpectedIPs, fields?["expectedIPs"]?.isZero ?? true {
      problems.append(
        Diagnostic(
          .missingField, .error, "a HostEndpoint needs an `interfaceName` or `expectedIPs`", at: place))
    }
    self.init(
      node: node, interface: interface, expectedIPs: addresses,
      profiles: Self.profiles(fields?["profiles"], &problems), ports: Self.ports(fields?["ports"], &problems))
  }

  private static func interface(
    _ node: Node?, _ problems: inout [Diagnostic]
  ) -> CalicoHostEndpoint.Interface {
    guard let node, let name = node.string("spec.interfaceName", &problems), !name.isEmpty else {
      return .ofExpectedIPs
    }
    if name == "*" { return .all }
    if name.utf8.count > 15 || !name.utf8.allSatisfy(isNameByte) {
      problems.reportInvalid(
        node, "`spec.interfaceName` must be `*` or 1 to 15 letters, digits, `_`, `.` and `-`, not `\(name)`")
    }
    return .named(name)
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  private static func addresses(_ node: Node?, _ problems: inout [Diagnostic]) -> [IPAddress] {
    let entries = node?.strings("spec.expectedIPs", &problems) ?? []
    problems.reportRepeated(entries, field: "spec.expectedIPs")
    return entries.compactMap { entry in
      guard let address = IPAddress(entry.value) else {
        problems.append(
          Diagnostic(
            .invalidValue, .error, "`\(entry.value)` is not an address such as 192.0.2.1 or 2001:db8::1",
            at: entry.location))
        return nil
      }
      return address
    }
  }

  private static func profiles(_ node: Node?, _ problems: inout [Diagnostic]) -> [String] {
    let entries = node?.strings("spec.profiles", &problems) ?? []
    problems.reportRepeated(entries, field: "spec.profiles")
    for entry in entries {
      guard let problem = NameRules.subdomainProblem(entry.value) else { continue }
      problems.append(
        Diagnostic(
          .invalidValue, .error, "the profile name `\(entry.value)` \(problem)", at: entry.location))
    }
    return entries.map(\.value)
  }

  private static func ports(_ node: Node?, _ problems: inout [Diagnostic]) -> [CalicoHostEndpoint.Port] {
    (node?.list("spec.ports", &problems) ?? []).compactMap { CalicoHostEndpoint.Port($0, &problems) }
  }
}

extension CalicoHostEndpoint.Port {
  fileprivate init?(_ node: Node, _ problems: inout [Diagnostic]) {
    guard node.content == .mapping else {
      problems.reportWrongType(node, "spec.ports[]", expected: "a mapping")
      return nil
    }
    let fields = StrictFields(node, type: "EndpointPort", known: ["name", "protocol", "port"], &problems)
    for name in ["name", "protocol", "port"] where fields[name] == nil {
      problems.append(
        Diagnostic(.missingField, .error, "an entry of `ports` needs a `\(name)`", at: node.location))
    }
    let name = fields["name"]?.string("spec.ports[].name", &problems)
    if let nameNode = fields["name"], let name, let problem = NameRules.portNameProblem(name) {
      problems.reportInvalid(nameNode, "the port name `\(name)` \(problem)")
    }
    let `protocol` = fields["protocol"].flatMap { node -> CalicoProtocol? in
      guard let value = CalicoProtocol(node, field: "spec.ports[].protocol", &problems) else { return nil }
      if !value.supportsPorts {
        problems.reportInvalid(node, "`spec.ports[].protocol` must be TCP, UDP or SCTP, not \(value)")
      }
      return value
    }
    let port = fields["port"].flatMap { node -> UInt16? in
      guard let value = node.integer("spec.ports[].port", &problems) else { return nil }
      guard let port = UInt16(exactly: value), port > 0 else {
        problems.reportInvalid(node, "`spec.ports[].port` must be 1 to 65535, not \(value)")
        return nil
      }
      return port
    }
    guard let name, let `protocol`, let port else { return nil }
    self.init(name: name, protocol: `protocol`, port: port, location: node.location)
  }
}
