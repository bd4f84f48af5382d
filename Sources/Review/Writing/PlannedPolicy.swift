internal import Kubernetes
internal import PolicyModel

/// A NetworkPolicy that is written for the user.
struct PlannedPolicy {
  /// Who may connect, or be connected to.
  enum Peer: Hashable {
    /// Pods of a namespace that a selection names.
    case pods(namespace: String, WorkloadSelection)
    case everyPod
    case block(String, except: [String])
    /// Everything, as far as a NetworkPolicy can say it.
    case anyone
  }

  struct Port: Hashable, Comparable {
    let transport: TransportProtocol
    let number: UInt16

    static func < (left: Port, right: Port) -> Bool {
      (left.transport.name, left.number) < (right.transport.name, right.number)
    }
  }

  let namespace: String
  let name: String
  /// Empty for every pod of the namespace.
  let subject: WorkloadSelection
  /// Closed even without rules.
  var closes: Set<Direction>
  /// The ports of each peer, by direction.
  var allows: [Direction: [Peer: Set<Port>]] = [:]
  /// What is said of each peer, without the `#`.
  var notes: [Direction: [Peer: [String]]] = [:]
  /// What it opens besides what is needed, and why; each once, without the `#`.
  var comments: [String] = []

  mutating func comment(_ text: String) {
    if !comments.contains(text) { comments.append(text) }
  }

  mutating func allow(_ direction: Direction, _ peer: Peer, _ port: Port) {
    allows[direction, default: [:]][peer, default: []].insert(port)
  }

  /// Leaves out ports of peers that a wider peer has, too.
  mutating func removeRedundantPeers() {
    for (direction, own) in allows {
      let forAnyone = own[.anyone] ?? []
      let forEveryPod = own[.everyPod] ?? []
      for (peer, ports) in own {
        let rest: Set<Port>
        switch peer {
        case .anyone: continue
        case .pods: rest = ports.subtracting(forAnyone).subtracting(forEveryPod)
        case .everyPod, .block: rest = ports.subtracting(forAnyone)
        }
        allows[direction]?[peer] = rest.isEmpty ? nil : rest
      }
    }
  }

  /// One document, in the order of the API's reference; peers with the same ports share a rule.
  var yaml: String {
    let types = Direction.allCases.filter { closes.contains($0) || allows[$0] != nil }
    return comments.map { YAMLText.comment($0) + "\n" }.joined()
      + DataValue.members(
        ("apiVersion", "networking.k8s.io/v1"), ("kind", "NetworkPolicy"),
        ("metadata", .members(("name", .string(name)), ("namespace", .string(namespace)))),
        (
          "spec",
          .members(
            ("podSelector", Self.selector(subject)),
            ("policyTypes", .list(types.map { .string($0 == .ingress ? "Ingress" : "Egress") })),
            ("ingress", rules(.ingress)), ("egress", rules(.egress)))
        )
      ).yaml
  }

  private func rules(_ direction: Direction) -> DataValue? {
    guard let own = allows[direction] else { return nil }
    var peersOfPorts: [[Port]: [Peer]] = [:]
    for (peer, ports) in own { peersOfPorts[ports.sorted(), default: []].append(peer) }
    let rules = peersOfPorts.map { ports, peers -> (order: String, value: DataValue) in
      let isAnyone = peers.contains(.anyone)
      let entries = peers.flatMap { peer in
        data(of: peer).map { (order: $0.yaml, value: noted($0, notes[direction]?[peer])) }
      }.sorted { $0.order < $1.order }
      let field = direction == .ingress ? "from" : "to"
      let rule = DataValue.members(
        (field, isAnyone ? nil : .list(entries.map(\.value))),
        (
          "ports",
          .list(
            ports.map {
              .members(("protocol", .string($0.transport.name)), ("port", .integer(Int($0.number))))
            })
        ))
      let ruleNotes = isAnyone ? peers.flatMap { notes[direction]?[$0] ?? [] }.sorted() : []
      return ("\(entries.map(\.order)) \(ports)", noted(rule, ruleNotes))
    }
    return rules.isEmpty ? nil : .list(rules.sorted { $0.order < $1.order }.map(\.value))
  }

  private func noted(_ value: DataValue, _ notes: [String]?) -> DataValue {
    notes.map { $0.isEmpty ? value : .noted($0, value) } ?? value
  }

  private func data(of peer: Peer) -> [DataValue] {
    switch peer {
    case .anyone: return []
    case .everyPod: return [.members(("namespaceSelector", .members()))]
    case .block(let cidr, let excepts):
      return [
        .members(
          (
            "ipBlock",
            .members(
              ("cidr", .string(cidr)),
              ("except", excepts.isEmpty ? nil : .list(excepts.map { .string($0) })))
          ))
      ]
    case .pods(let place, let selection):
      let elsewhere =
        place == namespace ? nil : Self.selector(WorkloadSelection(labels: [Namespace.nameLabel: place]))
      return [.members(("namespaceSelector", elsewhere), ("podSelector", Self.selector(selection)))]
    }
  }

  private static func selector(_ selection: WorkloadSelection) -> DataValue {
    let labels = selection.labels.sorted { $0.key < $1.key }
    return .members(
      (
        "matchLabels",
        labels.isEmpty ? nil : .object(labels.map { DataValue.Member($0.key, .string($0.value)) })
      ),
      (
        "matchExpressions",
        selection.exclusions.isEmpty ? nil : .list(selection.exclusions.map(Self.expression))
      ))
  }

  private static func expression(_ exclusion: WorkloadSelection.Exclusion) -> DataValue {
    switch exclusion {
    case .absent(let key): .members(("key", .string(key)), ("operator", "DoesNotExist"))
    case .notIn(let key, let values):
      .members(
        ("key", .string(key)), ("operator", "NotIn"), ("values", .list(values.map { .string($0) })))
    }
  }
}
