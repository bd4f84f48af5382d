package import Kubernetes

/// A Tier: a stage of evaluation (SEMANTICS.md §3.3, §3.5).
package struct CalicoTier: Sendable {
  /// What happens to traffic that policies of the tier apply to and no rule decides.
  package enum DefaultAction: String, Sendable, CaseIterable {
    /// The default.
    case deny = "Deny"
    /// The next tier decides.
    case pass = "Pass"
  }

  package let meta: ObjectMeta
  /// Nil when left out: after every tier that has one. Ties go by name.
  package let order: Double?
  package let defaultAction: DefaultAction

  /// The tiers that every cluster has, by name; they cannot be changed.
  package static let builtIn: [String: (order: Double, defaultAction: DefaultAction)] = [
    "default": (1_000_000, .deny), "kube-admin": (1000, .pass), "kube-baseline": (10_000_000, .pass),
  ]
}

extension CalicoTier {
  private struct Fields {
    let order: Located<Double>?
    let defaultAction: Located<DefaultAction>?
  }

  /// Reads and validates a Tier; nil when Calico would reject it, which is reported.
  package init?(_ object: ForeignObject, _ problems: inout [Diagnostic]) {
    let decoded = CalicoEnvelope.read(object, [.tier], defaultNamespace: "", &problems) {
      envelope, problems -> Fields? in
      guard let node = envelope.spec else { return nil }
      let fields = StrictFields(node, type: "TierSpec", known: ["order", "defaultAction"], &problems)
      let order = fields["order"].flatMap { node in
        node.number("spec.order", &problems).map { Located($0, at: node.location) }
      }
      let action = fields["defaultAction"].flatMap { node in
        node.word("spec.defaultAction", as: DefaultAction.self, &problems).map {
          Located($0, at: node.location)
        }
      }
      let nameNode = envelope.root["metadata"]?["name"]
      Self.check(nameNode, order, action, &problems)
      return Fields(order: order, defaultAction: action)
    }
    guard let (meta, fields) = decoded else { return nil }
    self.init(
      meta: meta, order: fields.order?.value ?? Self.builtIn[meta.name]?.order,
      defaultAction: fields.defaultAction?.value ?? .deny)
  }

  private static func check(
    _ nameNode: Node?, _ order: Located<Double>?, _ action: Located<DefaultAction>?,
    _ problems: inout [Diagnostic]
  ) {
    guard let nameNode, nameNode.content == .scalar else { return }
    let name = nameNode.text
    // What is no name at all has been reported.
    if NameRules.subdomainProblem(name) == nil, let problem = NameRules.labelNameProblem(name) {
      problems.reportInvalid(nameNode, "the name `\(name)` of this Tier \(problem)")
    }
    guard let fixed = builtIn[name] else { return }
    if let order, order.value != fixed.order {
      problems.append(
        Diagnostic(
          .invalidValue, .error,
          "the tier `\(name)` has the order \(Int(fixed.order)), which cannot be changed",
          at: order.location, fix: "write order: \(Int(fixed.order))"))
    }
    if (action?.value ?? .deny) != fixed.defaultAction {
      problems.append(
        Diagnostic(
          .invalidValue, .error,
          "the tier `\(name)` has the defaultAction \(fixed.defaultAction.rawValue), which cannot be changed",
          at: action?.location ?? nameNode.location,
          fix: "write defaultAction: \(fixed.defaultAction.rawValue)"))
    }
  }
}
