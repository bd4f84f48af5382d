import Merlon
import Testing

/// Workloads that tests share.
enum Shop {
  static let web = Workload("web", in: "shop", labels: ["app": "web"], ports: .tcp(8080))
  static let cache = Workload("cache", in: "shop", labels: ["app": "cache"], ports: .tcp(6379))
  static let db = Workload("db", in: "shop", labels: ["app": "db"], ports: .tcp(5432))
  static let redis = Workload("redis", in: "data", labels: ["app": "redis"], ports: .tcp(6379))
  static let resolver = Workload(
    "resolver", in: "shop", labels: ["app": "resolver"], ports: [.udp(53), .tcp(53)])
}

@Suite("Rendering an intent")
struct RenderingTests {
  @Test("a connection across namespaces is written at both ends, in their namespaces, and proved")
  func acrossNamespaces() throws {
    let intent = Intent {
      Shop.web
      Shop.redis
      allow(Shop.web, to: Shop.redis)
    }
    let rendering = try intent.render(.kubernetes)
    #expect(
      rendering.yaml == """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata:
          name: redis
          namespace: data
        spec:
          podSelector:
            matchLabels:
              app: redis
          policyTypes:
            - Ingress
          ingress:
            - from:
                - namespaceSelector:
                    matchLabels:
                      kubernetes.io/metadata.name: shop
                  podSelector:
                    matchLabels:
                      app: web
              ports:
                - protocol: TCP
                  port: 6379
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata:
          name: web
          namespace: shop
        spec:
          podSelector:
            matchLabels:
              app: web
          policyTypes:
            - Egress
          egress:
            - to:
                - namespaceSelector:
                    matchLabels:
                      kubernetes.io/metadata.name: data
                  podSelector:
                    matchLabels:
                      app: redis
              ports:
                - protocol: TCP
                  port: 6379

        """)
    let certificate = try rendering.prove()
    #expect(certificate.holds, "\(certificate)")
  }

  @Test("a rendering in which one rule is changed is no longer proved, and a flow shows why")
  func mutation() throws {
    let intent = Intent {
      Shop.web
      Shop.redis
      allow(Shop.web, to: Shop.redis)
    }
    let rendering = try intent.render(.kubernetes)
    let edited = rendering.yaml.split(separator: "6379", maxSplits: 1).joined(separator: "6380")
    let certificate = try rendering.prove(edited)
    #expect(!certificate.holds)
    #expect(certificate.witnesses == ["shop/app=web -> data/app=redis TCP 6379"], "\(certificate)")
  }
}
