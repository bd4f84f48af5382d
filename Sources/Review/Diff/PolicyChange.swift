package import Kubernetes
package import PolicyModel

/// A policy that is there on one side only, or means something else on the other.
package struct PolicyChange: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable {
    case added
    case removed
    case changed
  }

  package let kind: Kind
  package let identity: PolicyIdentity
  /// Nil for policies that are new.
  package let before: SourceLocation?
  /// Nil for policies that are gone.
  package let after: SourceLocation?
}

extension PolicyChange {
  /// The policies that differ, in the order of their names. Where a text stands and how it is laid out makes no difference.
  package static func all(from before: [Tier], to after: [Tier]) -> [PolicyChange] {
    let (old, new) = (meanings(before), meanings(after))
    var changes: [PolicyChange] = []
    for (identity, own) in old {
      guard let other = new[identity] else {
        changes.append(PolicyChange(kind: .removed, identity: identity, before: own.location, after: nil))
        continue
      }
      if own.text != other.text {
        changes.append(
          PolicyChange(kind: .changed, identity: identity, before: own.location, after: other.location))
      }
    }
    for (identity, own) in new where old[identity] == nil {
      changes.append(PolicyChange(kind: .added, identity: identity, before: nil, after: own.location))
    }
    return changes.sorted { $0.identity < $1.identity }
  }

  private struct Meaning {
    let location: SourceLocation
    var text: String
  }

  private static func meanings(_ tiers: [Tier]) -> [PolicyIdentity: Meaning] {
    var meanings: [PolicyIdentity: Meaning] = [:]
    for tier in tiers {
      for policy in tier.policies {
        let text = "\(tier.name)\n" + meaning(policy)
        if meanings[policy.identity] == nil {
          meanings[policy.identity] = Meaning(location: policy.location, text: text)
        } else {
          // An engine may ask one policy in two tiers.
          meanings[policy.identity]?.text += text
        }
      }
    }
    return meanings
  }

  private static func meaning(_ policy: Policy) -> String {
    let rules = policy.rules.map { rule in
      "\(rule.direction) \(rule.action) of \(text(rule.subject)) with \(text(rule.peers)) \(rule.traffic) from \(rule.sourcePorts) \(rule.applicationRules)"
    }
    return
      ([
        "\(policy.subject)",
        policy.isolates.map(\.name).sorted().joined(separator: ","),
      ] + rules).joined(separator: "\n")
  }

  private static func text(_ peers: Peers) -> String {
    switch peers {
    case .anyone: "anyone"
    case .anyOf(let peers): peers.map { "(\($0))" }.joined(separator: " or ")
    }
  }
}
