// The shapes that are measured.
extension SyntheticCluster.Shape {
  /// 100 workloads in 8 namespaces with 32 policies.
  static let tiny = Self(workloads: 100, namespaces: 8, policies: 32, podsPerWorkload: 0, seed: 1)

  /// 1,000 workloads in 40 namespaces with 320 policies.
  static let small = Self(workloads: 1_000, namespaces: 40, policies: 320, podsPerWorkload: 0, seed: 1)

  /// 3,000 workloads in 120 namespaces with 960 policies.
  static let medium = Self(workloads: 3_000, namespaces: 120, policies: 960, podsPerWorkload: 0, seed: 1)

  /// 10,000 workloads in 400 namespaces with 3,000 policies.
  static let large = Self(
    workloads: 10_000, namespaces: 400, policies: 3_000, podsPerWorkload: 0, seed: 1)

  /// 2,000 workloads with 100,000 pods in 80 namespaces with 640 policies.
  static let pods = Self(workloads: 2_000, namespaces: 80, policies: 640, podsPerWorkload: 50, seed: 1)

  /// The policies and namespaces of ``small``, byte for byte, over more workloads (at least 1,000).
  static func samePolicies(workloads: Int) -> Self {
    var shape = small
    shape.workloads = max(1_000, workloads)
    return shape
  }

  /// Same policies, 1,000 to 10,000 workloads: shows how cost grows with pods alone.
  static let scaling = [1_000, 2_000, 5_000, 10_000].map(samePolicies(workloads:))

  /// The same workloads with 1,000 policies of this dialect.
  func thousandPolicies(_ dialect: SyntheticCluster.Dialect) -> Self {
    var shape = self
    shape.policies = 1_000
    shape.dialect = dialect
    return shape
  }
}

extension SyntheticCluster.Shape: CustomStringConvertible {
  /// `1,000 workloads, 320 NetworkPolicies`
  var description: String { "\(workloads.grouped) workloads, \(policies.grouped) \(dialect.policies)" }
}

extension SyntheticCluster.Dialect {
  /// What its policies are called.
  fileprivate var policies: String {
    switch self {
    case .kubernetes: "NetworkPolicies"
    case .cilium: "Cilium policies"
    case .calico: "Calico policies"
    }
  }
}

extension Int {
  /// With a comma between thousands, below a million.
  var grouped: String {
    if self < 1_000 { return String(self) }
    let rest = String(self % 1_000)
    return "\(self / 1_000),\(String(repeating: "0", count: 3 - rest.utf8.count))\(rest)"
  }
}
