import PolicyEngine
import Testing

/// SEMANTICS.md §2.1 and §2.2: whom subjects and peers match, and what of traffic.
@Suite("ClusterNetworkPolicy: pods, namespaces and protocols")
struct ClusterNetworkPolicyPodTests {
  private func deny(from peer: String, _ more: String = "") -> String {
    clusterPolicy("p", "ingress: [{action: Deny, from: [{\(peer)}]\(more)}]")
  }

  @Test("a subject is namespaces by their labels, or pods by theirs; without a namespaceSelector of all")
  func subjects() throws {
    func denied(_ subject: String) throws -> [Outcome] {
      let world = WorldFixture.shop(
        clusterPolicy("p", subject: subject, "ingress: [{action: Deny, from: [{namespaces: {}}]}]"))
      #expect(world.problems.isEmpty)
      return try ["data/job -> shop/db tcp/1", "shop/db -> shop/web tcp/1", "shop/db -> data/job tcp/1"].map {
        try world.verdict($0).outcome
      }
    }
    #expect(try denied("{namespaces: {}}") == [.denied, .denied, .denied])
    #expect(try denied("{namespaces: {matchLabels: {team: data}}}") == [.allowed, .allowed, .denied])
    #expect(
      try denied("{namespaces: {matchLabels: {kubernetes.io/metadata.name: shop}}}")
        == [.denied, .denied, .allowed])
    #expect(try denied("{pods: {podSelector: {matchLabels: {app: db}}}}") == [.denied, .allowed, .allowed])
    #expect(
      try denied("{pods: {namespaceSelector: {matchLabels: {team: data}}, podSelector: {}}}")
        == [.allowed, .allowed, .denied])
  }

  @Test("peers of one rule are alternatives, selectors of one peer must all hold")
  func peers() throws {
    try WorldFixture.shop(
      clusterPolicy(
        "p",
        "ingress: [{action: Deny, from: [{namespaces: {matchLabels: {team: data}}}, {pods: {podSelector: {matchLabels: {app: web}}}}]}]"
      )
    ).expect(
      """
      data/job -> shop/db tcp/80 denied
      shop/web -> shop/db tcp/80 denied
      shop/db -> shop/web tcp/80 allowed
      """)
    try WorldFixture.shop(
      deny(
        from: "pods: {namespaceSelector: {matchLabels: {team: data}}, podSelector: {matchLabels: {app: web}}}"
      )
    ).expect(
      """
      data/job -> shop/db tcp/80 allowed
      shop/web -> shop/db tcp/80 allowed
      """)
  }

  @Test("negative selectors match absent labels, and pods only")
  func negativeSelectors() throws {
    for expression in ["{key: team, operator: NotIn, values: [data]}", "{key: team, operator: DoesNotExist}"]
    {
      try WorldFixture.shop(deny(from: "namespaces: {matchExpressions: [\(expression)]}")).expect(
        """
        shop/web -> shop/db tcp/80 denied
        data/job -> shop/db tcp/80 allowed
        node/n1 -> shop/db tcp/80 allowed
        203.0.113.5 -> shop/db tcp/80 allowed
        """)
    }
  }

  @Test("ingress from nodes and from outside cannot be denied: pods and namespaces match neither")
  func neverMatched() throws {
    try WorldFixture.shop(deny(from: "namespaces: {}")).expect(
      """
      node/n1 -> shop/db tcp/80 allowed
      node/n2 -> shop/db tcp/80 allowed
      203.0.113.5 -> shop/db tcp/80 allowed
      shop/web -> shop/db tcp/80 denied
      """)
  }

  @Test("host-network pods are neither subject nor peer")
  func hostNetwork() throws {
    let agent = pod("shop/agent", "app: agent", ip: "192.168.0.1", on: "n1", "hostNetwork: true")
    try WorldFixture.shop(agent, deny(from: "namespaces: {}")).expect(
      """
      shop/agent -> shop/db tcp/80 allowed
      shop/web -> shop/agent tcp/80 allowed
      """)
    let egress = clusterPolicy("p", "egress: [{action: Deny, to: [{namespaces: {}}]}]")
    try WorldFixture.shop(agent, egress).expect(
      """
      shop/db -> shop/agent tcp/80 allowed
      shop/agent -> shop/db tcp/80 allowed
      """)
  }

  @Test("pods that have finished, or have no address yet, are no peers")
  func podLife() throws {
    let done = pod("shop/done", "app: done", ip: "10.1.0.8", status: "phase: Succeeded")
    let waiting = pod("shop/waiting", "app: waiting", status: "phase: Pending")
    try WorldFixture.shop(done, waiting, deny(from: "namespaces: {}")).expect(
      """
      shop/done -> shop/db tcp/80 allowed
      shop/waiting -> shop/db tcp/80 allowed
      shop/web -> shop/done tcp/80 allowed
      shop/web -> shop/waiting tcp/80 denied
      """)
  }

  @Test("a pod reaches itself by its address, whatever policies say")
  func ownAddress() throws {
    try WorldFixture.shop(deny(from: "namespaces: {}")).expect(
      """
      shop/db -> self tcp/80 allowed
      shop/db -> 10.1.0.2 tcp/80 allowed
      """)
    for peer in ["namespaces: {}", "networks: [0.0.0.0/0]"] {
      try WorldFixture.shop(clusterPolicy("p", "egress: [{action: Deny, to: [{\(peer)}]}]")).expect(
        """
        shop/db -> self tcp/80 allowed
        shop/db -> shop/web tcp/80 denied
        """)
    }
  }

  @Test("a pod that reaches itself through its Service is subject, where NetworkPolicy leaves it open")
  func hairpin() throws {
    let front = service("shop/db", "selector: {app: db}\nports: [{port: 80}]")
    try WorldFixture.shop(front, deny(from: "namespaces: {}")).expect(
      "shop/db -> service/shop/db tcp/80 denied allowed denied")
    let accept = clusterPolicy("p", "ingress: [{action: Accept, from: [{namespaces: {}}]}]")
    let closed = policy("shop/closed", "podSelector: {}")
    try WorldFixture.shop(front, accept, closed).expect("shop/db -> service/shop/db tcp/80 allowed")
    try WorldFixture.shop(front, closed).expect("shop/db -> service/shop/db tcp/80 undefined")
    // NetworkPolicy isolates it: whatever becomes of it there, Baseline is not asked.
    let baseline = clusterPolicy("p", tier: "Baseline", "ingress: [{action: Deny, from: [{namespaces: {}}]}]")
    try WorldFixture.shop(front, baseline).expect("shop/db -> service/shop/db tcp/80 denied")
    try WorldFixture.shop(front, baseline, closed).expect("shop/db -> service/shop/db tcp/80 undefined")
  }

  // MARK: - Protocols

  @Test("a rule without protocols matches everything, ICMP too; entries never match ICMP")
  func icmp() throws {
    try WorldFixture.shop(deny(from: "namespaces: {}")).expect(
      """
      shop/web -> shop/db icmp/8 denied
      shop/web -> shop/db gre denied
      shop/web -> shop/db udp/53 denied
      """)
    let all = ["tcp", "udp", "sctp"].map { "{\($0): {destinationPort: {range: {start: 1, end: 65535}}}}" }
    let ports = ", protocols: [\(all.joined(separator: ", "))]"
    try WorldFixture.shop(deny(from: "namespaces: {}", ports)).expect(
      """
      shop/web -> shop/db icmp/8 allowed
      shop/web -> shop/db protocol/47 allowed
      shop/web -> shop/db sctp/9 denied
      """)
    let accept = clusterPolicy("p", "ingress: [{action: Accept, from: [{namespaces: {}}]}]")
    let closed = policy("shop/closed", "podSelector: {}")
    try WorldFixture.shop(accept, closed).expect("shop/web -> shop/db icmp/8 allowed")
    try WorldFixture.shop(closed).expect("shop/web -> shop/db icmp/8 undefined")
  }

  @Test("a number, a range with both ends, and each protocol for itself")
  func ports() throws {
    let entries =
      ", protocols: [{tcp: {destinationPort: {number: 80}}}, {udp: {destinationPort: {range: {start: 53, end: 54}}}}]"
    try WorldFixture.shop(deny(from: "namespaces: {}", entries)).expect(
      """
      shop/web -> shop/db tcp/80 denied
      shop/web -> shop/db tcp/81 allowed
      shop/web -> shop/db udp/80 allowed
      shop/web -> shop/db udp/53 denied
      shop/web -> shop/db udp/54 denied
      shop/web -> shop/db udp/55 allowed
      shop/web -> shop/db sctp/80 allowed
      """)
  }

  @Test("a port name is the destination pod's, for every protocol that declares it")
  func namedPorts() throws {
    let server = pod(
      "shop/dns", "app: dns", ip: "10.1.0.9",
      "containers: [{ports: [{name: dns, containerPort: 53, protocol: UDP}, {name: dns, containerPort: 54}]}]"
    )
    let name = "protocols: [{destinationNamedPort: dns}]"
    try WorldFixture.shop(server, deny(from: "namespaces: {}", ", \(name)")).expect(
      """
      shop/web -> shop/dns udp/53 denied
      shop/web -> shop/dns tcp/54 denied
      shop/web -> shop/dns tcp/53 allowed
      shop/web -> shop/db udp/53 allowed
      """)
    let egress = clusterPolicy("p", "egress: [{action: Deny, to: [{namespaces: {}}], \(name)}]")
    try WorldFixture.shop(server, egress).expect(
      """
      shop/web -> shop/dns udp/53 denied denied allowed
      shop/web -> shop/dns tcp/53 allowed
      shop/dns -> shop/web udp/53 allowed
      """)
  }

  // MARK: - Unreadable selectors

  @Test("a selector that nobody can read: Accept matches nothing, Deny and Pass deny everything")
  func unreadablePeer() throws {
    let bogus = "namespaces: {matchExpressions: [{key: team, operator: Bogus}]}"
    func world(_ action: String, _ more: String = "") -> WorldFixture {
      .shop(clusterPolicy("p", "ingress: [{action: \(action), from: [{\(bogus)}\(more)]}]"))
    }
    let closed = clusterPolicy("q", tier: "Baseline", "ingress: [{action: Deny, from: [{namespaces: {}}]}]")
    try WorldFixture.shop(clusterPolicy("p", "ingress: [{action: Accept, from: [{\(bogus)}]}]"), closed)
      .expect(
        "shop/web -> shop/db tcp/80 denied")
    for action in ["Deny", "Pass"] {
      try world(action).expect(
        """
        shop/web -> shop/db tcp/80 denied
        203.0.113.5 -> shop/db tcp/80 denied
        node/n2 -> shop/db tcp/80 allowed
        node/n1 -> shop/db tcp/80 denied
        """)
    }
    try world("Accept", ", {pods: {podSelector: {matchLabels: {app: web}}}}").expect(
      "shop/web -> shop/db tcp/80 allowed")
  }

  @Test("a subject that nobody can read selects no pods")
  func unreadableSubject() throws {
    try WorldFixture.shop(
      clusterPolicy(
        "p", subject: "{namespaces: {matchExpressions: [{key: team, operator: Bogus}]}}",
        "ingress: [{action: Deny, from: [{namespaces: {}}]}]")
    ).expect("shop/web -> shop/db tcp/80 allowed")
  }
}
