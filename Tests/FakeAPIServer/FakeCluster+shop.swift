extension FakeCluster.Resource {
  package static let namespaces = Self("v1", "namespaces", "Namespace", isNamespaced: false)
  package static let nodes = Self("v1", "nodes", "Node", isNamespaced: false)
  package static let pods = Self("v1", "pods", "Pod")
  package static let services = Self("v1", "services", "Service")
  package static let secrets = Self("v1", "secrets", "Secret")
  package static let replicaSets = Self("apps/v1", "replicasets", "ReplicaSet")
  package static let networkPolicies = Self("networking.k8s.io/v1", "networkpolicies", "NetworkPolicy")
  package static let calicoPolicies = Self("projectcalico.org/v3", "networkpolicies", "NetworkPolicy")
  package static let calicoPoliciesAsResources = Self(
    "crd.projectcalico.org/v1", "networkpolicies", "NetworkPolicy")
}

extension FakeCluster {
  /// A text that stands where secrets stand, and must be nowhere else.
  package static let secret = "hunter2-Zk7"

  /// A shop of two pods, of which `db` lets only `web` in, on port 5432.
  ///
  /// - Parameter more: objects beside it.
  package static func shop(
    _ more: [Resource: [String]] = [:], token: String? = nil, pageLimit: Int = .max
  ) -> FakeCluster {
    let shop: [Resource: [String]] = [
      .namespaces: [
        #"{"metadata":{"name":"shop","uid":"uid-namespace-shop","labels":{"kubernetes.io/metadata.name":"shop"}},"spec":{"finalizers":["kubernetes"]},"status":{"phase":"Active"}}"#
      ],
      .nodes: [
        #"{"metadata":{"name":"n1","uid":"uid-n1"},"status":{"addresses":[{"type":"InternalIP","address":"10.0.0.7"}],"images":[{"names":["x"]}]}}"#
      ],
      .pods: [pod("web", "10.244.0.5"), pod("db", "10.244.0.6")],
      .networkPolicies: [
        #"{"metadata":{"name":"db","namespace":"shop","managedFields":[{"manager":"kubectl"}],"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"\#(secret)"}},"spec":{"podSelector":{"matchLabels":{"app":"db"}},"ingress":[{"from":[{"podSelector":{"matchLabels":{"app":"web"}}}],"ports":[{"port":5432,"protocol":"TCP"}]}],"policyTypes":["Ingress"]}}"#
      ],
    ]
    var behaviour = FakeBehaviour()
    behaviour.pageLimit = pageLimit
    return FakeCluster(shop.merging(more) { $0 + $1 }, token: token, behaviour: behaviour)
  }

  /// A running pod of namespace `shop`, with a secret wherever pods have one.
  package static func pod(_ name: String, _ address: String) -> String {
    #"{"metadata":{"name":"\#(name)","namespace":"shop","uid":"uid-\#(name)","labels":{"app":"\#(name)"},"annotations":{"token":"\#(secret)"},"managedFields":[{"manager":"x"}]},"spec":{"nodeName":"n1","containers":[{"name":"c","image":"i","command":["\#(secret)"],"env":[{"name":"PASSWORD","value":"\#(secret)"}],"ports":[{"name":"main","containerPort":5432}],"livenessProbe":{"httpGet":{"port":8080,"path":"/h?token=\#(secret)","httpHeaders":[{"name":"Authorization","value":"\#(secret)"}]}}}],"volumes":[{"name":"v"}]},"status":{"phase":"Running","podIP":"\#(address)","podIPs":[{"ip":"\#(address)"}],"hostIP":"10.0.0.7","conditions":[{"type":"Ready"}]}}"#
  }
}
