extension RandomWorld {
  /// The policies of Calico that are about pods with these labels in the namespace; most of what Calico adds is not
  /// looked at.
  func calicoPolicies(
    selecting labels: [String: String], in namespace: String
  ) -> [ReferenceCalico.Policy] {
    if world.calico.policies.isEmpty { return [] }
    var labels = labels
    labels["projectcalico.org/namespace"] = namespace
    labels["projectcalico.org/orchestrator"] = "k8s"
    return world.calico.policies.filter { policy in
      !policy.isStaged && (policy.namespace == nil || policy.namespace == namespace)
        && policy.selector?.matches(labels) != false
    }
  }

  /// Numbers that policies of Calico mention.
  var calicoPortNumbers: [Int] {
    world.calico.rules.flatMap { $0.destination.ports + $0.destination.notPorts }.flatMap { port -> [Int] in
      if case .numbers(let start, let end) = port { [start, end] } else { [] }
    }
  }

  /// Other protocols, messages with a code, and other messages.
  mutating func varyForCalico(_ flow: inout ReferenceFlow) {
    let asksForMessages = world.calico.rules.contains { $0.transport?.transport.hasMessages == true }
    if random.chance(asksForMessages ? 30 : 10) {
      flow.transport = random.pick([.icmp, .icmp, .icmp, .icmpv6, .udplite, .gre])
    }
    if flow.transport.hasPorts { return }
    flow.port = flow.transport.hasMessages ? random.pick([0, 3, 8]) : 0
    if flow.transport.hasMessages, random.chance(30) { flow.code = 1 }
  }
}
