internal import Kubernetes

/// Pods that are known by the labels that their charts and manifests give them.
enum WellKnownPods {
  /// The pods of Ingress controllers, without their jobs and default backends.
  static func isIngressController(_ labels: Labels) -> Bool {
    if let component = labels["app.kubernetes.io/component"],
      !["controller", "ingress-controller", "app", "proxy"].contains(component)
    {
      return false
    }
    if let name = labels["app.kubernetes.io/name"] { return ingressControllers.contains(name) }
    return labels["app"].map { ingressControllers.contains($0) || $0 == "istio-ingressgateway" } ?? false
  }

  private static let ingressControllers: Set<String> = [
    "ingress-nginx", "nginx-ingress", "nginx-ingress-controller", "traefik", "haproxy-ingress",
    "kubernetes-ingress", "kong", "emissary-ingress", "apisix-ingress-controller", "skipper-ingress",
  ]

  /// Whether an Ingress class may be that of a controller: they share a word, as `nginx` and `ingress-nginx` do.
  static func serves(_ labels: Labels, ingressClass names: [String]) -> Bool {
    func words(_ texts: [String]) -> Set<Substring> {
      Set(texts.flatMap { $0.split(separator: "-") }).subtracting(["ingress", "controller"])
    }
    let own = ["app.kubernetes.io/name", "app.kubernetes.io/instance", "app"].compactMap { labels[$0] }
    return !words(own).isDisjoint(with: words(names))
  }

  /// The name of the Gateway that pods implement; nil when their labels do not say it.
  static func gatewayName(_ labels: Labels) -> String? { gatewayLabels.lazy.compactMap { labels[$0] }.first }

  /// Pods that implement a Gateway.
  static func isGateway(_ labels: Labels) -> Bool {
    gatewayLabels.contains { labels[$0] != nil } || labels["app.kubernetes.io/name"] == "nginx-gateway-fabric"
  }

  private static let gatewayLabels = [
    "gateway.networking.k8s.io/gateway-name", "gateway.envoyproxy.io/owning-gateway-name",
    "istio.io/gateway-name",
  ]

  /// A server that the Prometheus Operator makes, which scrapes what monitors name. Other ones do not read monitors.
  static func isPrometheus(_ labels: Labels) -> Bool {
    labels["app.kubernetes.io/name"] == "prometheus"
      && ["prometheus", nil].contains(labels["app.kubernetes.io/component"])
  }

  /// The pods of cluster DNS.
  static func isDNS(_ labels: Labels) -> Bool { labels["k8s-app"] == "kube-dns" }

  /// Controllers that do nothing without the Kubernetes API.
  static func usesKubernetesAPI(_ labels: Labels) -> Bool {
    labels["app.kubernetes.io/component"] != "default-backend"
      && labels["app.kubernetes.io/name"].map(controllers.contains) ?? false
  }

  private static let controllers: Set<String> = [
    "argocd-application-controller", "argocd-applicationset-controller", "argocd-server", "cainjector",
    "cert-manager", "cluster-autoscaler", "external-dns", "external-secrets", "ingress-nginx",
    "keda-operator",
    "kube-state-metrics", "metrics-server", "prometheus-adapter", "prometheus-operator", "sealed-secrets",
    "strimzi-cluster-operator", "velero",
  ]
}
