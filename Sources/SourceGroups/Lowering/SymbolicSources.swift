package import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// Sources of several documents as what senders are like, whatever clusters have: to compare documents without any.
///
/// A sender of a symbolic world is a pod whose labels say all that sources can ask: those of the pod or node that it
/// is, which integration's cluster it lives in, which part of the address space its address lies in.
package struct SymbolicSources: Sendable {
  /// Labels beside the sender's own.
  enum Mark {
    static let prefix = "source.merlon.dev/"
    static let integration = "source.merlon.dev/integration"
    static let address = "source.merlon.dev/address"
    /// The part of the address space that the sender connects to.
    static let destination = "source.merlon.dev/destination"
    /// The part of the ports that it connects from.
    static let port = "source.merlon.dev/port"
    /// The kind of address of the node that it is.
    static let node = "source.merlon.dev/node"
    static let hostNetwork = "source.merlon.dev/host-network"
    static let service = "source.merlon.dev/service-"
  }

  let family: AddressFamily
  /// Where senders' addresses lie, as far as sources tell them apart.
  let addresses: MarkedParts<AddressSet>
  /// The same for the blocks of rules; nil when senders do not carry marks of destinations.
  let destinations: MarkedParts<AddressSet>?
  let ports: MarkedParts<PortSet>
  let integrations: [String]
  let zones: [String]
  /// Labels of namespaces that sources ask for.
  let namespaceKeys: Set<String>
  /// With the number of the integration.
  let services: [Service]

  struct Service: Sendable, Hashable {
    let integration: String
    let name: NamespacedName
  }

  /// - Parameter marksDestinations: whether senders are told apart by what they connect to.
  package init(_ policies: [SourceGroupPolicy], family: AddressFamily, marksDestinations: Bool = false) {
    let sources = policies.flatMap(\.sources).map(\.source)
    let rules = policies.flatMap(\.groups).flatMap(\.rules)
    let whole: AddressSet = family == .ipv4 ? .allIPv4 : .allIPv6
    self.family = family
    addresses = MarkedParts(of: whole, cutBy: sources.compactMap(\.writtenAddresses), label: Mark.address)
    destinations =
      marksDestinations
      ? MarkedParts(of: whole, cutBy: rules.map(\.destinations.addresses), label: Mark.destination) : nil
    ports = MarkedParts(
      of: .all, cutBy: rules.map(\.allSourcePorts).filter { !$0.isEmpty }, label: Mark.port)
    let selections = sources.compactMap { source -> (String, ClusterSelection)? in
      if case .cluster(let integration, let selection) = source.origin {
        (integration, selection)
      } else {
        nil
      }
    }
    integrations = Set(selections.map(\.0)).sorted()
    namespaceKeys = Set(
      selections.flatMap { _, selection -> [String] in
        if case .pods(let pods) = selection { pods.namespaces.all.map(\.key) } else { [] }
      })
    zones = Set(sources.compactMap(\.zone)).sorted()
    services = Set(
      selections.compactMap { integration, selection -> Service? in
        guard case .serviceEndpoints(let name) = selection else { return nil }
        return Service(integration: integration, name: name)
      }
    ).sorted { ($0.integration, $0.name) < ($1.integration, $1.name) }
  }

  /// Senders whose connections a rule can be about, as far as marks say it.
  func marks(of rule: SourceGroupRule, destinations set: AddressSet?) -> LabelExpression {
    var wanted: [LabelExpression] = []
    if let set, let destinations { wanted.append(destinations.condition(set)) }
    if !rule.sourcePorts.isEmpty { wanted.append(ports.condition(rule.allSourcePorts)) }
    return .all(wanted)
  }

  /// What the sources of one of the documents ask.
  package func conditions(of policy: SourceGroupPolicy) -> SourceConditions {
    var conditions: [SourceKey: PeerCondition] = [:]
    for (key, source) in policy.sources {
      var namespaces: [LabelExpression] = []
      var wanted: [LabelExpression] = []
      if let zone = source.zone { wanted.append(Self.mark(SourceConditions.zoneLabel, zones, zone)) }
      switch source.origin {
      case .addresses:
        wanted.append(addresses.condition(source.writtenAddresses ?? .empty))
      case .cluster(let integration, let selection):
        wanted.append(Self.mark(Mark.integration, integrations, integration))
        wanted += members(selection, integration)
        if case .pods(let pods) = selection {
          namespaces = pods.namespaces.expressions(of: Attribute.namespaceLabel)
        }
      }
      conditions[key] = .endpoints(
        EndpointSelector(namespaces: .matching(.all(namespaces)), pods: .all(wanted)))
    }
    return SourceConditions(conditions)
  }

  private func members(_ selection: ClusterSelection, _ integration: String) -> [LabelExpression] {
    switch selection {
    case .pods(let pods):
      var wanted: [LabelExpression] = [.attribute(.label(Mark.node), .doesNotExist)]
      if !pods.includesHostNetwork { wanted.append(.attribute(.label(Mark.hostNetwork), .doesNotExist)) }
      if let accounts = pods.serviceAccounts {
        wanted.append(.attribute(.serviceAccountName, .isIn(accounts.sorted())))
      }
      return wanted + pods.pods.expressions(of: Attribute.label)
    case .nodes(let nodes):
      let kinds = nodes.addressKinds.map(\.rawValue).sorted()
      return [.attribute(.label(Mark.node), .isIn(kinds))] + nodes.nodes.expressions(of: Attribute.label)
    case .serviceEndpoints(let name):
      let number = services.firstIndex(of: Service(integration: integration, name: name)) ?? services.count
      return [.attribute(.label("\(Mark.service)\(number)"), .exists)]
    }
  }

  /// Names of integrations and zones need not be values of labels; their numbers are.
  static func value(_ number: Int) -> String { "n\(number)" }

  private static func mark(_ key: String, _ names: [String], _ name: String) -> LabelExpression {
    .attribute(.label(key), .isIn([value(names.firstIndex(of: name) ?? names.count)]))
  }
}

extension Requirements {
  fileprivate func expressions(of attribute: (String) -> Attribute) -> [LabelExpression] {
    all.map { .attribute(attribute($0.key), AttributeRequirement.Test($0.operator)) }
  }
}

extension SourceGroupRule {
  /// The ports that connections come from; none for any.
  var allSourcePorts: PortSet { PortSet(unsorted: sourcePorts.map(\.value)) }
}
