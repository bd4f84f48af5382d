import Merlon

/// The policies of the chart `web`, as if it were installed as release `web` in namespace `shop`.
public enum WebPolicies {
  /// The pods of the release.
  public static let web = Workload(
    "web", in: "shop", labels: ["app.kubernetes.io/name": "web", "app.kubernetes.io/instance": "web"],
    ports: .tcp(8080, 9090))

  /// Whom the pods talk to.
  public static let intent = Intent {
    web
    Policy("web", for: web) {
      from(.namespaces("ingress-nginx"), ports: .tcp(8080))
      from(.namespaces(.labelled(["team": "observability"])), ports: .tcp(9090))
      to(.clusterDNS)
      to(.cidr("203.0.113.0/24"), ports: .tcp(443))
    }
  }

  /// Those that can say all of the intent.
  public static let engines: [Dialect] = [.kubernetes, .calico, .cilium]

  /// The chart's files, in which Helm's release takes the place of `web` and `shop`.
  public static func chart() throws(Problems) -> ChartFiles {
    try PolicySource.intent(intent).chart(for: engines, namespace: "shop", release: "web")
  }
}
