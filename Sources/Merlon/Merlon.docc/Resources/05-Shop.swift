import Merlon

/// The workloads of a small shop, and the traffic that is meant.
public enum Shop {
  /// What customers see.
  public static let web = Workload("web", in: "shop", labels: ["app": "web"], ports: .tcp(8080))
  /// What the web remembers.
  public static let redis = Workload("redis", in: "data", labels: ["app": "redis"], ports: .tcp(6379))

  /// The same for every engine.
  public static let intent = Intent {
    web
    redis

    allow(web, to: redis)

    Policy("web", for: web) {
      from(.anyone, ports: .tcp(8080))
      to(.cidr("203.0.113.0/24"), ports: .tcp(443))
    }
    Policy.deny(.both, in: ["shop", "data"])
  }
}
