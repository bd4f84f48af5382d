extension RandomWorld {
  /// Whether a policy of Calico is about pods with these labels in the namespace; what Calico adds is not looked at,
  /// but for the namespace.
  func selectsByCalico(
    _ policy: ReferenceCalico.Policy, _ labels: [String: String], in namespace: String
  ) -> Bool {
    var labels = labels
    labels["projectcalico.org/namespace"] = namespace
    labels["projectcalico.org/orchestrator"] = "k8s"
    return !policy.isStaged && (policy.namespace == nil || policy.namespace == namespace)
      && policy.selector?.matches(labels) != false
  }

  /// Numbers that policies of Calico mention.
  var calicoPortNumbers: [Int] {
    world.calico.rules.flatMap { $0.destination.ports + $0.destination.notPorts }.flatMap { port -> [Int] in
      if case .numbers(let start, let end) = port { [start, end] } else { [] }
    }
  }

  /// Other protocols, messages with a code, and other messages.
  mutating func varyForCalico(_ flow: inout ReferenceFlow) {
    if random.chance(12) { flow.transport = random.pick([.icmp, .icmp, .icmpv6, .udplite, .gre]) }
    if flow.transport.hasPorts { return }
    flow.port = flow.transport.hasMessages ? random.pick([0, 3, 8]) : 0
    if flow.transport.hasMessages, random.chance(30) { flow.code = 1 }
  }
}
