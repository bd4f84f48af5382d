internal import Kubernetes

/// A host with perhaps a port, as values of environment variables name Services.
struct EnvironmentAddress: Hashable {
  /// `cart`, `redis.shop`, `redis.shop.svc.cluster.local`.
  let host: String
  /// Nil when the value does not say it.
  let port: UInt16?
  /// Whether the text says by its form that this is an address: a scheme, a port, or a name under `svc`.
  let isEvident: Bool

  /// The addresses in a value: `cart:7070`, `http://redis.shop.svc.cluster.local:6379/0`, `a:9092,b:9092`.
  static func all(in value: String) -> [EnvironmentAddress] {
    // Nothing longer names hosts only; configuration files do stand in variables.
    if value.utf8.count > 1024 { return [] }
    return value.split { $0 == "," || $0 == ";" || $0.isWhitespace }.compactMap { EnvironmentAddress($0) }
  }

  init?(_ text: Substring) {
    var rest = text
    var scheme: Substring?
    if let mark = rest.firstRange(of: "://") {
      scheme = rest[..<mark.lowerBound]
      rest = rest[mark.upperBound...]
    }
    if let end = rest.firstIndex(where: { "/?#".contains($0) }) {
      // A path without a scheme is no address.
      if scheme == nil, rest[end] == "/", !rest[..<end].contains(":") { return nil }
      rest = rest[..<end]
    }
    if let user = rest.lastIndex(of: "@") {
      if scheme == nil { return nil }
      rest = rest[rest.index(after: user)...]
    }
    let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count <= 2, let first = parts.first, Self.isHost(first) else { return nil }
    var written: UInt16?
    if parts.count == 2 {
      guard let number = UInt16(parts[1]), number > 0 else { return nil }
      written = number
    }
    host = String(first.hasSuffix(".") ? first.dropLast() : first)
    port = written ?? scheme.flatMap { Self.port(ofScheme: $0) }
    isEvident = written != nil || scheme != nil || host.split(separator: ".").dropFirst(2).first == "svc"
  }

  private static func isHost(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, text.utf8.count <= 253,
      (first | 0x20) >= UInt8(ascii: "a") && (first | 0x20) <= UInt8(ascii: "z")
        || (first >= UInt8(ascii: "0") && first <= UInt8(ascii: "9"))
    else { return false }
    return text.utf8.allSatisfy { byte in
      (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z"))
        || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")) || "-.".utf8.contains(byte)
    }
  }

  private static func port(ofScheme scheme: Substring) -> UInt16? {
    // `jdbc:postgresql://`
    switch scheme.split(separator: ":").last?.split(separator: "+").first {
    case "http", "ws": 80
    case "https", "wss": 443
    case "redis", "rediss": 6379
    case "postgres", "postgresql": 5432
    case "mysql", "mariadb": 3306
    case "mongodb": 27017
    case "amqp": 5672
    case "nats": 4222
    default: nil
    }
  }

  /// The namespace and name of a Service that a pod of a namespace means by the host; nil when its form says that it
  /// means something else.
  func serviceName(from namespace: String) -> (namespace: String, name: String)? {
    let parts = host.split(separator: ".").map(String.init)
    switch parts.count {
    case 1: return (namespace, parts[0])
    case 2: return (parts[1], parts[0])
    case 3 where parts[2] == "svc": return (parts[1], parts[0])
    case 4... where parts[2] == "svc": return (parts[1], parts[0])
    default: return nil
    }
  }
}
