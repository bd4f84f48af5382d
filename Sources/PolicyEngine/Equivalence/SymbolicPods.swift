internal import Kubernetes
internal import PolicyModel

/// Makes manifests of kinds of pods.
struct SymbolicPods {
  private(set) var manifests = ManifestSet()
  private(set) var assumptions: [String] = []
  private let addresses: SymbolicAddresses
  private let portNames: SymbolicPortNames
  /// The selectors from this one on are those of ``workloads``.
  private let firstWorkload: Int
  private let workloads: [SymbolicWorld.DeclaredPorts]
  private var namespaces: [[NamespaceLabel]: String] = [:]
  private var namespaceNames: Set<String> = []
  private var podNames: Set<String> = []
  private let file = SourceFile(path: "<any cluster>")

  private struct NamespaceLabel: Hashable {
    let key: String
    let value: String
  }

  init(
    addresses: SymbolicAddresses, portNames: SymbolicPortNames, firstWorkload: Int,
    workloads: [SymbolicWorld.DeclaredPorts]
  ) {
    self.addresses = addresses
    self.portNames = portNames
    self.firstWorkload = firstWorkload
    self.workloads = workloads
    if !workloads.isEmpty, workloads.contains(where: { !$0.ports.isEmpty }) {
      assumptions.append("pods that a workload's labels select declare the ports of the workload")
    }
  }

  /// Pods of a kind: two of each address and way to declare ports, as a pod talks to others like it.
  mutating func add(_ kind: DistinguishableKinds.Kind) {
    var labels: [String: String] = [:]
    var ofNamespace: [NamespaceLabel] = []
    var account = "default"
    var accountLabels: [String: String] = [:]
    for (attribute, value) in kind.values {
      guard let value else { continue }
      switch attribute {
      case .label(let key): labels[key] = value
      case .namespaceLabel(let key): ofNamespace.append(NamespaceLabel(key: key, value: value))
      case .serviceAccountName: account = value
      case .serviceAccountLabel(let key): accountLabels[key] = value
      case .unseenLabel, .hostNetwork: break
      }
    }
    let namespace = namespace(ofNamespace)
    let declared = kind.met.first { Int($0) >= firstWorkload }.map {
      workloads[Int($0) - firstWorkload].ports
    }
    let variants = declared.map { [$0] } ?? portNames.variants
    let called =
      labels.isEmpty
      ? "a pod" : labels.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: ",")
    for address in addresses.pods {
      for ports in variants {
        var words = called
        if account != "default" { words += " as \(account)" }
        if addresses.pods.count > 1 { words += " at \(address)" }
        if let first = ports.first, declared == nil { words += " with \(first.transport.name) port names" }
        addPods(
          unique(words, &podNames), namespace,
          PodTemplate(
            labels: Labels(labels), nodeName: SymbolicNodes.ownNode, serviceAccountName: account, ports: ports
          ),
          address)
      }
    }
    if !accountLabels.isEmpty {
      manifests.serviceAccounts.append(
        ServiceAccount(
          meta: ObjectMeta(
            name: account, namespace: namespace, labels: Labels(accountLabels), location: location)))
    }
  }

  private mutating func addPods(
    _ name: String, _ namespace: String, _ template: PodTemplate, _ address: IPAddress, count: Int = 2
  ) {
    let owner = OwnerReference(kind: WorkloadKind.deployment.rawValue, name: name)
    manifests.workloads.append(
      Workload(
        kind: .deployment, meta: ObjectMeta(name: name, namespace: namespace, location: location),
        template: template))
    for number in 1...count {
      manifests.pods.append(
        Pod(
          meta: ObjectMeta(
            name: number == 1 ? name : "\(name) (another)", namespace: namespace, labels: template.labels,
            controller: owner, location: location), template: template, addresses: .known([address])))
    }
  }

  /// Nodes, each with a pod that uses its network and so stands for it.
  mutating func add(_ nodes: SymbolicNodes) {
    manifests.nodes = nodes.nodes
    let namespace = namespace([])
    for node in nodes.nodes {
      guard let address = node.addresses.first else { continue }
      addPods(
        "node/\(node.name)", namespace,
        PodTemplate(labels: .none, hostNetwork: true, nodeName: node.name), address, count: 1)
    }
  }

  /// The name of a namespace with some labels, among them perhaps the one that says what it is called.
  private mutating func namespace(_ labels: [NamespaceLabel]) -> String {
    let labels = labels.sorted { ($0.key, $0.value) < ($1.key, $1.value) }
    if let known = namespaces[labels] { return known }
    let called = labels.first { $0.key == Namespace.nameLabel }?.value ?? "other"
    let name = unique(called, &namespaceNames)
    namespaces[labels] = name
    manifests.namespaces.append(
      Namespace(
        name: name, labels: Labels(Dictionary(labels.map { ($0.key, $0.value) }) { first, _ in first }),
        location: location))
    return name
  }

  private func unique(_ name: String, _ taken: inout Set<String>) -> String {
    var candidate = name
    var number = 2
    while !taken.insert(candidate).inserted {
      candidate = "\(name) (\(number))"
      number += 1
    }
    return candidate
  }

  private var location: SourceLocation { SourceLocation(file: file, line: 1, column: 1) }
}
