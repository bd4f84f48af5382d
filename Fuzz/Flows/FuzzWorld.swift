import Dialects
import Kubernetes
import PolicyEngine
import PolicyModel

/// One object of every sort that an end of a flow can name, and a policy that looks at labels, ports and blocks.
enum FuzzWorld {
  static let parser = FlowParser(world)
  static let evaluator = FlowEvaluator(
    world: world, tiers: tiers, profile: .kubernetes)

  private static let manifests = ManifestReader(options: PolicySet.readerOptions(defaultNamespace: "default"))
    .readSequentially([ManifestText(path: "world.yaml", yaml)])
  private static let policies = PolicySet(manifests, defaultNamespace: "default")
  private static let tiers = policies.stack(.kubernetes).tiers
  private static let world = World(
    manifests, policies: tiers.flatMap(\.policies), policyNamespaces: policies.namespaces)

  private static let yaml = """
    kind: Node
    apiVersion: v1
    metadata: {name: n1}
    status: {addresses: [{type: InternalIP, address: 192.168.0.1}]}
    ---
    kind: Pod
    apiVersion: v1
    metadata: {name: web, namespace: shop, labels: {app: web}}
    spec: {nodeName: n1, containers: [{name: main, ports: [{name: http, containerPort: 8080}]}]}
    status: {podIPs: [{ip: 10.1.0.1}, {ip: "fd00::1"}]}
    ---
    kind: Deployment
    apiVersion: apps/v1
    metadata: {name: db, namespace: shop}
    spec: {template: {metadata: {labels: {app: db}}, spec: {containers: [{ports: [{containerPort: 5432}]}]}}}
    ---
    kind: StatefulSet
    apiVersion: apps/v1
    metadata: {name: db, namespace: shop}
    spec: {template: {metadata: {labels: {app: db2}}}}
    ---
    kind: Deployment
    apiVersion: apps/v1
    metadata: {name: off, namespace: shop}
    spec: {replicas: 0, template: {metadata: {labels: {app: off}}}}
    ---
    kind: Service
    apiVersion: v1
    metadata: {name: web, namespace: shop}
    spec: {clusterIP: 10.96.0.1, selector: {app: web}, ports: [{port: 80, targetPort: http}, {port: 81}]}
    ---
    kind: Service
    apiVersion: v1
    metadata: {name: out, namespace: shop}
    spec: {type: ExternalName, externalName: example.com}
    ---
    kind: NetworkPolicy
    apiVersion: networking.k8s.io/v1
    metadata: {name: p, namespace: shop}
    spec:
      podSelector: {}
      policyTypes: [Ingress, Egress]
      ingress:
        - from: [{podSelector: {matchLabels: {app: web}}}]
          ports: [{port: http}, {port: 5000, endPort: 6000}]
      egress:
        - to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8]}}]
    """
}
