import Gateway
import Kubernetes
import Nftables
import SourceGroups
import Testing

/// Documents and gateways in a few lines.
enum Gateways {
  /// What a source says that takes every pod of an integration's cluster.
  static let everyPod = pods(of: "prod")

  static func pods(of integration: String) -> String {
    "kubernetes: {integration: \(integration), pods: {namespaceSelector: {all: true}, podSelector: {all: true}}}"
  }

  static let settings = GatewaySettings(zones: ["inside": ["eth1", "eth2"], "outside": ["eth3"]])
  /// The lease of sources that say ``everyPod``.
  static let lease = Lease(integration: "prod", grace: .seconds(300), kinds: [.pods])

  /// A document with these source groups, each as a YAML flow mapping.
  static func policy(defaultPolicy: String = "deny", _ groups: String...) throws -> SourceGroupPolicy {
    try policy(
      text: """
        apiVersion: merlon.dev/v1alpha1
        kind: SourceGroupPolicy
        metadata: {name: egress}
        spec:
          defaultPolicy: \(defaultPolicy)
          sourceGroups:
        \(groups.map { "    - \($0)" }.joined(separator: "\n"))
        """)
  }

  static func policy(text: String) throws -> SourceGroupPolicy {
    let reading = SourceGroupPolicy.read(ManifestText(path: "policy.yaml", text))
    return try #require(reading.policy, "\(reading.diagnostics.map(\.message))")
  }

  /// A gateway whose sources follow their clusters, with these members, and whose leases run.
  static func gateway(
    _ policy: SourceGroupPolicy, members: [SourceKey: [String]] = [:], settings: GatewaySettings = settings
  ) -> Gateway {
    Gateway(policy, identities(of: policy, members), leases: leases(of: policy), settings)
  }

  static func identities(
    of policy: SourceGroupPolicy, _ members: [SourceKey: [String]]
  ) -> [SourceKey: SourceIdentities] {
    var identities: [SourceKey: SourceIdentities] = [:]
    for (key, source) in policy.sources {
      guard case .cluster = source.origin else { continue }
      identities[key] = SourceIdentities(
        SourceStatus(.following), (members[key] ?? []).compactMap { IPAddress($0) })
    }
    return identities
  }

  static func leases(of policy: SourceGroupPolicy) -> [Lease: Duration] {
    Dictionary(policy.sources.compactMap { $0.source.lease.map { ($0, .seconds(300)) } }) { first, _ in first
    }
  }

  static func key(_ group: String, _ source: Int = 0) -> SourceKey { SourceKey(group: group, source: source) }
}

extension InterfaceName: ExpressibleByStringLiteral {
  package init(stringLiteral text: String) {
    guard let name = InterfaceName(text) else { preconditionFailure("not a device: \(text)") }
    self = name
  }
}

func ip(_ text: String) -> IPAddress {
  guard let address = IPAddress(text) else { preconditionFailure("not an address: \(text)") }
  return address
}
