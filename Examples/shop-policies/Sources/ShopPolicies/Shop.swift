import Merlon

/// A small shop: its workloads, and the traffic that is meant between them.
public enum Shop {
  /// What customers see, and its metrics.
  public static let web = Workload("web", in: "shop", labels: ["app": "web"], ports: .tcp(8080, 9090))
  /// What the web asks. It keeps its configuration in the cluster's API.
  public static let api = Workload(
    "api", in: "shop", labels: ["app": "api"], ports: .tcp(80), needs: [.apiServer])
  /// What the API remembers.
  public static let redis = Workload("redis", in: "data", labels: ["app": "redis"], ports: .tcp(6379))

  /// The same for every engine.
  public static let intent = Intent(for: cluster) {
    web
    api
    redis

    allow(web, to: api)
    allow(api, to: redis)

    Policy("web", for: web) {
      from(.anyone, ports: .tcp(8080))
      from(.namespaces("monitoring"), ports: .tcp(9090))
    }
    Policy("api", for: api) {
      to(.apiServer)
    }
    Policy("names", for: Pods.all(in: ["shop", "data"])) {
      to(.clusterDNS)
    }
    Policy.deny(.both, in: ["shop", "data"])
  }

  private static var cluster: ClusterDescription {
    var cluster = ClusterDescription()
    cluster.podCIDRs = ["10.244.0.0/16"]
    cluster.nodeCIDRs = ["10.0.0.0/24"]
    cluster.apiServer = ["10.0.0.5:6443"]
    return cluster
  }
}
