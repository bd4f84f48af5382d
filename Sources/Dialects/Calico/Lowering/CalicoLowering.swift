package import Kubernetes
internal import PolicyModel

/// What lowering needs besides the policies: what selectors and names in them mean.
struct CalicoLowering {
  let references: PolicySet.References
  let hostEndpoints: [CalicoHostEndpoint]
  private let sets: [(labels: CalicoLabels, home: Namespace?, nets: [PeerCondition])]
  /// Indices of the sets that live in a namespace, by its name; under nil those that live in none.
  private let setsOfHome: [String?: [Int]]
  /// Indices of the sets that have a label themselves, by its key and value.
  private let setsWithLabel: [String: [String: [Int]]]
  /// Indices of the sets in namespaces that a selector means; many rules have the same.
  private var setsOfNamespaces: [CalicoSelector.Expression: [Int]] = [:]
  private(set) var problems: [Diagnostic] = []

  init(_ policies: PolicySet) {
    references = policies.references
    var homes: [String: Namespace] = [:]
    for namespace in references.namespaces { homes[namespace.name] = namespace }
    var sets: [(CalicoLabels, Namespace?, [PeerCondition])] = []
    var setsWithLabel: [String: [String: [Int]]] = [:]
    var hostEndpoints: [CalicoHostEndpoint] = []
    for object in policies.calico {
      switch object {
      case .networkSet(let set):
        let name = set.meta.namespace
        let home =
          set.isGlobal ? nil : homes[name] ?? Namespace(name: name, labels: .none, location: nil)
        for label in set.meta.labels.entries {
          setsWithLabel[label.key, default: [:]][label.value, default: []].append(sets.count)
        }
        sets.append((.of(set.meta.labels, in: home), home, set.nets.map { Self.block($0.cidr) }))
      case .hostEndpoint(let endpoint): hostEndpoints.append(endpoint)
      case .policy, .stagedKubernetesPolicy, .tier: break
      }
    }
    self.sets = sets
    self.setsWithLabel = setsWithLabel
    setsOfHome = Dictionary(grouping: sets.indices) { sets[$0].1?.name }
    self.hostEndpoints = hostEndpoints
  }

  /// Everything that a selection means, as conditions of which one must hold. A network set is its nets, a host
  /// endpoint its expected addresses, as Felix sees them.
  ///
  /// - Parameter pods: those of the selection.
  mutating func conditions(_ selection: CalicoSelection, _ pods: EndpointSelector?) -> [PeerCondition] {
    var conditions = pods.map { [PeerCondition.endpoints($0)] } ?? []
    for index in indicesOfSets(in: selection) { conditions += sets[index].nets }
    for endpoint in self.hostEndpoints(selection) {
      conditions += endpoint.expectedIPs.map { Self.block($0) }
    }
    return conditions
  }

  /// Indices of the sets that a selection means, in the order of the input. Most selectors are about pods, and ask for a
  /// label that no set has.
  private mutating func indicesOfSets(in selection: CalicoSelection) -> [Int] {
    if let needed = selection.selector?.expression.neededLabel, !CalicoLabels.isInherited(needed.key) {
      let byValue = setsWithLabel[needed.key] ?? [:]
      return needed.values.flatMap { byValue[$0] ?? [] }.sorted().filter {
        selection.contains(sets[$0].labels)
      }
    }
    return indicesOfSets(in: selection.namespaces).filter { selection.hasCriteria(of: sets[$0].labels) }
  }

  /// Indices of the sets that may live in such namespaces, in the order of the input.
  private mutating func indicesOfSets(in namespaces: CalicoSelection.Namespaces) -> [Int] {
    switch namespaces {
    case .named(let name): return setsOfHome[name] ?? []
    case .none: return setsOfHome[nil] ?? []
    case .any: return Array(sets.indices)
    case .matching(let selector):
      if let known = setsOfNamespaces[selector.expression] { return known }
      let found = sets.indices.filter { selector.matches(sets[$0].labels, of: .namespace) }
      setsOfNamespaces[selector.expression] = found
      return found
    }
  }

  /// The host endpoints that a selection means.
  func hostEndpoints(_ selection: CalicoSelection) -> [CalicoHostEndpoint] {
    hostEndpoints.filter { selection.contains(.of($0.meta.labels, in: nil)) }
  }

  /// The nets of network sets that live in namespaces with such labels.
  ///
  /// - Parameter namespaces: nil for every namespace.
  func nets(in namespaces: LabelSelector?) -> [PeerCondition] {
    sets.filter { set in set.home.map { namespaces?.matches($0.labels) ?? true } ?? false }
      .flatMap(\.nets)
  }

  static func block(_ cidr: CIDR, except holes: [CIDR] = []) -> PeerCondition {
    .addresses(AddressBlock(cidr: cidr, excepts: holes))
  }

  static func block(_ address: IPAddress) -> PeerCondition {
    block(CIDR(address, prefixLength: address.family.bitWidth))
  }

  // MARK: - Problems

  mutating func report(
    _ code: Diagnostic.Code, as severity: Diagnostic.Severity = .warning, _ message: String,
    at location: SourceLocation, fix: String? = nil
  ) {
    problems.append(Diagnostic(code, severity, message, at: location, fix: fix))
  }

  /// Says which service accounts a selector of pods cannot be asked about.
  mutating func noteUnknownServiceAccounts(in pods: EndpointSelector?, at location: SourceLocation) {
    guard let pods else { return }
    var looksAtLabels = false
    pods.pods.forEachRequirement { if case .serviceAccountLabel = $0.attribute { looksAtLabels = true } }
    if !looksAtLabels { return }
    var unknown = references.unknownServiceAccounts
    if case .named(let name) = pods.namespaces { unknown = unknown.filter { $0.namespace == name } }
    if unknown.isEmpty { return }
    let names = unknown.prefix(3).map { "\($0.namespace)/\($0.name)" }.joined(separator: ", ")
    let more = unknown.count > 3 ? " and \(unknown.count - 3) more" : ""
    report(
      .unresolvedReference, as: .note,
      "the selector looks at labels of service accounts, and \(names)\(more) of the pods are not in the input: they are taken to have none",
      at: location)
  }

  /// Warns about a port name that host endpoints define: only pods are asked for it.
  mutating func warnOfHostPort(_ port: CalicoPort) {
    guard case .named(let name) = port.kind,
      let endpoint = hostEndpoints.first(where: { $0.ports.contains { $0.name == name } })
    else { return }
    report(
      .notEvaluated,
      "the port name `\(name)` of host endpoint \(endpoint.meta.name) is not evaluated: here it means ports of pods only",
      at: port.location)
  }
}

extension Diagnostic.Code {
  /// A part of a policy that changes traffic which answers do not tell apart.
  package static let notEvaluated = Self(rawValue: "not-evaluated")
  /// A part of a policy that the engine which is asked about cannot read.
  package static let unsupported = Self(rawValue: "unsupported")
}
