import Merlon

/// The workloads of a small shop, and the traffic that is meant.
public enum Shop {
  /// What customers see.
  public static let web = Workload("web", in: "shop", labels: ["app": "web"], ports: .tcp(8080))
  /// What the web remembers.
  public static let redis = Workload("redis", in: "data", labels: ["app": "redis"], ports: .tcp(6379))

  /// The same for every engine.
  public static let intent = Intent(for: cluster) {
    web
    redis

    allow(web, to: redis)

    Policy("web", for: web) {
      from(.anyone, ports: .tcp(8080))
      to(.cidr("203.0.113.0/24"), ports: .tcp(443))
    }
    Policy("names", for: Pods.all(in: ["shop", "data"])) {
      to(.clusterDNS)
    }
    Policy.deny(.both, in: ["shop", "data"])
  }

  private static var cluster: ClusterDescription {
    var cluster = ClusterDescription()
    cluster.podCIDRs = ["10.244.0.0/16"]
    cluster.nodeCIDRs = ["192.168.0.0/24"]
    return cluster
  }
}
