import Kubernetes
import PolicyModel
import Testing

@testable import Review

@Suite("Declared needs")
struct NeedsTests {
  private static let closed = policy("shop/closed", "podSelector: {}, policyTypes: [Ingress, Egress]")
  private static let cart = [
    namespace("shop"),
    deployment("shop/cart", "app: cart", "containers: [{name: c, ports: [{containerPort: 8080}]}]"),
    service("shop/cart", "selector: {app: cart}, ports: [{port: 80, targetPort: 8080}]"),
  ]

  @Test(
    "a workload uses the Services that its variables name",
    arguments: [
      ("CART_ADDR", "cart:80", true), ("CART", "http://cart", true), ("CART_HOST", "cart", true),
      ("CART_URL", "https://cart", false), ("CART", "cart", false), ("OTHER_ADDR", "carts:80", false),
      ("CART_ADDR", "cart.data:80", false), ("CART_ADDR", "cart.shop.svc.cluster.local:80", true),
    ])
  func environment(name: String, value: String, isNeed: Bool) {
    let web = container("shop/web", "app: web", "env: [{name: \(name), value: \"\(value)\"}]")
    #expect(
      DeclaredInput(Self.cart + [web]).needs()
        == (isNeed ? ["service met: shop/web uses Service shop/cart (\(name)) on TCP 80"] : []))
  }

  @Test("the port of a variable beside it counts")
  func siblingPort() {
    let documents = [
      namespace("shop"), deployment("shop/redis", "app: redis"),
      service(
        "shop/redis",
        "selector: {app: redis}, ports: [{name: a, port: 6379}, {name: b, port: 9121}]"),
      container(
        "shop/web", "app: web",
        "env: [{name: REDIS_HOST, value: redis}, {name: REDIS_PORT, value: \"9121\"}]"),
    ]
    #expect(
      DeclaredInput(documents).needs() == [
        "service met: shop/web uses Service shop/redis (REDIS_HOST) on TCP 9121"
      ])
  }

  @Test("what policies deny for certain is cut, at the pod's port")
  func cut() {
    let web = container("shop/web", "app: web", "env: [{name: CART_ADDR, value: \"cart:80\"}]")
    let egress = policy(
      "shop/web", "podSelector: {matchLabels: {app: web}}, policyTypes: [Egress], egress: [{}]")
    func ingress(_ port: Int) -> String {
      policy(
        "shop/cart", "podSelector: {matchLabels: {app: cart}}, ingress: [{ports: [{port: \(port)}]}]")
    }
    let use = "shop/web uses Service shop/cart (CART_ADDR) on TCP 80"
    #expect(
      DeclaredInput(Self.cart + [web, Self.closed]).needs() == ["service cut by egress of closed: \(use)"])
    #expect(
      DeclaredInput(Self.cart + [web, Self.closed, egress]).needs() == [
        "service cut by ingress of closed: \(use)"
      ])
    #expect(
      DeclaredInput(Self.cart + [web, egress, ingress(80)]).needs() == [
        "service cut by ingress of cart: \(use)"
      ])
    #expect(DeclaredInput(Self.cart + [web, egress, ingress(8080)]).needs() == ["service met: \(use)"])
  }

  @Test("Ingresses and routes lead to pods from the one controller of the input", arguments: [0, 1, 2])
  func forwarding(controllers: Int) {
    let ingress = object(
      "networking.k8s.io/v1", "Ingress", "shop/web",
      "spec: {rules: [{http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: cart, port: {number: 80}}}}]}}]}"
    )
    let nginx = (0..<controllers).map {
      deployment("edge/c\($0)", "app.kubernetes.io/name: ingress-nginx")
    }
    #expect(
      DeclaredInput(Self.cart + nginx + [ingress]).needs([.ingress])
        == (controllers == 1
          ? ["ingress met: edge/c0 forwards to Service shop/cart (Ingress shop/web)"] : []))
  }

  @Test(
    "an Ingress of another class is another controller's",
    arguments: [("nginx", true), ("internal-nginx", true), ("alb", false), ("ingress", false)])
  func ingressClass(name: String, isNeed: Bool) {
    let ingress = object(
      "networking.k8s.io/v1", "Ingress", "shop/web",
      "spec: {ingressClassName: \(name), defaultBackend: {service: {name: cart, port: {number: 80}}}}")
    let nginx = deployment("edge/nginx", "app.kubernetes.io/name: ingress-nginx")
    #expect(DeclaredInput(Self.cart + [nginx, ingress]).needs([.ingress]).count == (isNeed ? 1 : 0))
  }

  @Test("a route of another Gateway is for other pods", arguments: [("main", 1), ("other", 0)])
  func parents(name: String, count: Int) {
    let route = object(
      "gateway.networking.k8s.io/v1", "HTTPRoute", "shop/web",
      "spec: {parentRefs: [{name: \(name)}], rules: [{backendRefs: [{name: cart, port: 80}]}]}")
    let gateway = deployment("edge/gateway", "gateway.networking.k8s.io/gateway-name: main")
    #expect(DeclaredInput(Self.cart + [gateway, route]).needs().count == count)
  }

  @Test("a Gateway's pods forward what routes say")
  func routes() {
    let route = object(
      "gateway.networking.k8s.io/v1", "HTTPRoute", "shop/web",
      "spec: {rules: [{backendRefs: [{name: cart, port: 80}]}]}")
    let gateway = deployment("edge/gateway", "gateway.networking.k8s.io/gateway-name: main")
    #expect(
      DeclaredInput(Self.cart + [gateway, route, Self.closed]).needs() == [
        "ingress cut by ingress of closed: edge/gateway forwards to Service shop/cart (HTTPRoute shop/web)"
      ])
  }

  @Test("the API server calls webhooks and other APIs")
  func apiServerCalls() {
    let webhook = object(
      "admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "check",
      "webhooks: [{name: a.b.c, clientConfig: {service: {namespace: shop, name: cart, port: 80}}}]")
    let api = object(
      "apiregistration.k8s.io/v1", "APIService", "v1.shop",
      "spec: {service: {namespace: shop, name: cart, port: 80}}"
    )
    #expect(
      DeclaredInput(Self.cart + [webhook, api, Self.closed]).needs() == [
        "webhook cut by ingress of closed: the API server calls the webhook of Service shop/cart (ValidatingWebhookConfiguration check)",
        "api-service cut by ingress of closed: the API server hands on requests to Service shop/cart (APIService v1.shop)",
      ])
    let open = policy("shop/open", "podSelector: {}, ingress: [{ports: [{port: 8080}]}]")
    #expect(
      DeclaredInput(Self.cart + [webhook, api, Self.closed, open]).needs().allSatisfy {
        $0.contains(" met: ")
      })
    // The address of the API server is not known, so a block may or may not have it.
    let block = policy(
      "shop/open", "podSelector: {}, ingress: [{from: [{ipBlock: {cidr: 192.0.2.0/24}}]}]")
    #expect(
      DeclaredInput(Self.cart + [webhook, Self.closed, block]).needs().allSatisfy {
        $0.contains(" undefined: ")
      })
  }

  @Test("a Prometheus scrapes what monitors select", arguments: ["ServiceMonitor", "PodMonitor"])
  func scrapes(kind: String) {
    let list = kind == "ServiceMonitor" ? "endpoints" : "podMetricsEndpoints"
    let monitor = object(
      "monitoring.coreos.com/v1", kind, "shop/cart",
      "spec: {selector: {matchLabels: {app: cart}}, \(list): [{\(kind == "PodMonitor" ? "portNumber" : "targetPort"): 8080}]}"
    )
    let cart =
      Self.cart.dropLast() + [
        object(
          "v1", "Service", "shop/cart",
          "spec: {selector: {app: cart}, ports: [{port: 80, targetPort: 8080}]}"
        ).replacing("name: cart}\n", with: "name: cart, labels: {app: cart}}\n")
      ]
    let prometheus = deployment("ops/prometheus", "app.kubernetes.io/name: prometheus")
    #expect(
      DeclaredInput(cart + [prometheus, monitor, Self.closed]).needs() == [
        "scrape cut by ingress of closed: ops/prometheus scrapes shop/cart on TCP 8080 (\(kind) shop/cart)"
      ])
    #expect(DeclaredInput(cart + [monitor, Self.closed]).needs().isEmpty)
  }

  @Test("service accounts with rights, and known controllers, use the Kubernetes API")
  func apiServer() {
    let bound = deployment("shop/cart", "app: cart", "serviceAccountName: cart, containers: []")
    let binding = object(
      "rbac.authorization.k8s.io/v1", "RoleBinding", "shop/cart",
      "roleRef: {kind: Role, name: cart}\nsubjects: [{kind: ServiceAccount, name: cart, namespace: shop}]")
    let controller = deployment("shop/certs", "app.kubernetes.io/name: cert-manager")
    let other = deployment("shop/other", "app: other")
    let use = [
      "shop/cart uses the Kubernetes API (RoleBinding shop/cart)",
      "shop/certs uses the Kubernetes API (a known controller)",
    ]
    let documents = [namespace("shop"), bound, binding, controller, other]
    #expect(DeclaredInput(documents).needs() == use.map { "api-server met: \($0)" })
    #expect(
      DeclaredInput(documents + [Self.closed]).needs()
        == use.map { "api-server cut by egress of closed: \($0)" })
    let block = policy(
      "shop/api", "podSelector: {}, policyTypes: [Egress], egress: [{to: [{ipBlock: {cidr: 0.0.0.0/0}}]}]")
    #expect(
      DeclaredInput(documents + [Self.closed, block]).needs() == use.map { "api-server met: \($0)" })
  }

  @Test("names are looked up at the pods that answer, at their own ports")
  func dns() {
    func rule(_ port: String) -> String {
      policy(
        "shop/dns",
        "podSelector: {}, policyTypes: [Egress], egress: [{to: [{namespaceSelector: {}, podSelector: {matchLabels: {k8s-app: kube-dns}}}], ports: [{protocol: UDP, port: \(port)}]}]"
      )
    }
    let web = [namespace("shop"), deployment("shop/web", "app: web")]
    let udp = "shop/web looks up names at kube-system/coredns over UDP 53"
    let tcp = "shop/web looks up names at kube-system/coredns over TCP 53"
    #expect(DeclaredInput(web).needs([.dns]) == ["dns met: \(udp)", "dns met: \(tcp)"])
    #expect(
      DeclaredInput(web + [rule("53")]).needs([.dns]) == [
        "dns met: \(udp)", "dns cut by egress of dns: \(tcp)",
      ])
    // Pods of OpenShift listen on another port than their Service.
    let openshift = [
      namespace("openshift-dns"),
      deployment(
        "openshift-dns/dns", "dns: default, k8s-app: kube-dns",
        "containers: [{name: dns, ports: [{name: dns, containerPort: 5353, protocol: UDP}]}]"),
      service(
        "openshift-dns/dns-default",
        "selector: {dns: default}, ports: [{name: dns, port: 53, targetPort: dns, protocol: UDP}]"),
    ]
    #expect(
      DeclaredInput(web + openshift + [rule("53")]).needs([.dns]).contains(
        "dns cut by egress of dns: shop/web looks up names at openshift-dns/dns over UDP 5353"))
    #expect(
      DeclaredInput(
        web + [rule("5353")],
        settings:
          "cluster: {dns: [{labels: {k8s-app: kube-dns}, ports: [{name: dns, port: 5353, protocol: UDP}]}]}"
      ).needs([.dns])
        == ["dns met: shop/web looks up names at kube-system/dns over UDP 5353"])
  }

  @Test(
    "pods that get no token do not use the Kubernetes API",
    arguments: [
      ("", false, true), ("", true, false), ("automountServiceAccountToken: true, ", true, true),
      ("automountServiceAccountToken: false, ", false, false),
    ])
  func tokens(pod: String, isAccountWithout: Bool, isNeed: Bool) {
    let documents = [
      namespace("shop"),
      deployment("shop/cart", "app: cart", "\(pod)serviceAccountName: cart, containers: []"),
      object("v1", "ServiceAccount", "shop/cart", "automountServiceAccountToken: \(!isAccountWithout)"),
      object(
        "rbac.authorization.k8s.io/v1", "RoleBinding", "shop/cart",
        "roleRef: {kind: Role, name: cart}\nsubjects: [{kind: ServiceAccount, name: cart, namespace: shop}]"),
    ]
    #expect(DeclaredInput(documents).needs().count == (isNeed ? 1 : 0))
  }

  @Test(
    "pods that look up names elsewhere do not need cluster DNS",
    arguments: ["Default", "None", "ClusterFirst"])
  func dnsPolicy(policy: String) {
    let web = deployment("shop/web", "app: web", "dnsPolicy: \(policy), containers: []")
    #expect(
      DeclaredInput([namespace("shop"), web]).needs([.dns]).count == (policy == "ClusterFirst" ? 2 : 0))
  }

  @Test("probes are never cut where engines exempt the node, and by rules that deny where they do not")
  func probes() {
    let web = container("shop/web", "app: web", "readinessProbe: {httpGet: {port: 8080}}")
    let node =
      "apiVersion: v1\nkind: Node\nmetadata: {name: n1}\nstatus: {addresses: [{type: InternalIP, address: 192.168.0.1}]}"
    let deny = object(
      "cilium.io/v2", "CiliumNetworkPolicy", "shop/deny",
      "spec: {endpointSelector: {}, ingressDeny: [{fromEntities: [host]}]}")
    let probe = "the kubelet probes shop/web on TCP 8080 (readinessProbe)"
    #expect(DeclaredInput([namespace("shop"), web, Self.closed]).needs() == ["probe met: \(probe)"])
    #expect(
      DeclaredInput([namespace("shop"), node, web, deny], profile: .cilium).needs() == [
        "probe cut by ingress of deny: \(probe)"
      ])
    #expect(
      DeclaredInput([namespace("shop"), node, web, Self.closed], profile: .cilium).needs() == [
        "probe met: \(probe)"
      ])
  }

  @Test("what cannot be read is a note, and the rest counts")
  func unreadable() {
    let web = container(
      "shop/web", "app: web",
      "readinessProbe: {httpGet: {port: nowhere}}, livenessProbe: {tcpSocket: {port: 80}}")
    let monitor = object(
      "monitoring.coreos.com/v1", "ServiceMonitor", "shop/x",
      "spec: {selector: {matchLabel: {a: b}}, endpoints: []}")
    let input = DeclaredInput([namespace("shop"), web, monitor])
    #expect(input.input.manifests.declarations.notes.count == 2)
    #expect(input.input.manifests.declarations.notes.allSatisfy { $0.severity == .note })
    #expect(!input.cluster.hasErrors)
    #expect(input.needs() == ["probe met: the kubelet probes shop/web on TCP 80 (livenessProbe)"])
  }
}
