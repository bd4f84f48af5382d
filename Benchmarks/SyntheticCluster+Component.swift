extension SyntheticCluster {
  /// What a workload does for its application; decides its kind, ports and tier.
  enum Component: String, Sendable {
    case web, gateway
    case api, rpc
    case worker, consumer
    case database, cache, queue
    case batch, migration, agent, signalling
    case dns, controller, monitoring
  }
}

extension SyntheticCluster.Component {
  /// The five workloads of an application, each with its choices; repetition is weight.
  static let slots: [[Self]] = [
    [.web, .web, .web, .gateway],
    [.api, .api, .rpc],
    [.worker, .worker, .consumer],
    [.database, .database, .cache, .queue],
    [.batch, .batch, .migration, .agent, .signalling],
  ]

  var kind: SyntheticCluster.Kind {
    switch self {
    case .database, .cache, .queue, .monitoring: .statefulSet
    case .batch: .cronJob
    case .migration: .job
    case .agent: .daemonSet
    case .web, .gateway, .api, .rpc, .worker, .consumer, .signalling, .dns, .controller: .deployment
    }
  }

  var tier: String {
    switch self {
    case .web, .gateway: "frontend"
    case .database, .cache, .queue: "data"
    case .dns, .controller, .monitoring, .agent: "cluster"
    case .api, .rpc, .worker, .consumer, .batch, .migration, .signalling: "backend"
    }
  }

  /// True if metrics come from a second container, because the software has none of its own.
  var hasExporter: Bool { tier == "data" }

  /// The name of bought-in software; nil for what the team wrote itself.
  func product(using random: inout SplitMix64) -> String? {
    switch self {
    case .database: random.pick(["postgresql", "mysql", "mongodb"])
    case .cache: random.pick(["redis", "valkey", "memcached"])
    case .queue: random.pick(["rabbitmq", "kafka", "nats"])
    default: nil
    }
  }

  /// The same port name means different numbers on different workloads.
  func ports(using random: inout SplitMix64) -> [SyntheticCluster.ContainerPort] {
    typealias Port = SyntheticCluster.ContainerPort
    let http = Port(name: "http", number: random.pick([8080, 8080, 3000, 8000, 5000, 8081]))
    let grpc = Port(name: "grpc", number: random.pick([50051, 9000, 7070]))
    let metrics = Port(name: "metrics", number: random.pick([9090, 9100, 9102, 9113, 9464, 2112]))
    switch self {
    case .web, .controller: return [http, metrics]
    case .gateway: return [http, Port(name: "https", number: 8443), metrics]
    case .api: return random.chance(percent: 40) ? [http, grpc, metrics] : [http, metrics]
    case .rpc: return [grpc, metrics]
    case .worker, .consumer: return [Port(name: "health", number: random.pick([8086, 8090])), metrics]
    case .database:
      return [Port(name: "db", number: random.pick([5432, 5432, 3306, 27017])), metrics]
    case .cache: return [Port(name: "cache", number: random.pick([6379, 6380, 11211])), metrics]
    case .queue:
      return [
        Port(name: "messages", number: random.pick([5672, 9092, 4222])),
        Port(name: "cluster", number: random.pick([25672, 9093, 6222])), metrics,
      ]
    case .batch, .migration: return random.chance(percent: 50) ? [metrics] : []
    case .agent:
      return [Port(name: "statsd", number: random.pick([8125, 9125]), transport: .udp), metrics]
    case .signalling:
      return [
        Port(name: "s1ap", number: 36412, transport: .sctp),
        Port(name: "gtp", number: 2123, transport: .udp), metrics,
      ]
    case .dns, .monitoring: return [metrics]
    }
  }
}
