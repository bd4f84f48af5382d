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
    let known = Set(changes.map(\.identity))
    for identity in moved(from: before, to: after) where !known.contains(identity) {
      changes.append(
        PolicyChange(
          kind: .changed, identity: identity, before: old[identity]?.location, after: new[identity]?.location)
      )
    }
    return changes.sorted { $0.identity < $1.identity }
  }

  /// Policies of ordered tiers that stand before or after another one than they did. O(n²) for a tier whose order changed.
  private static func moved(from before: [Tier], to after: [Tier]) -> Set<PolicyIdentity> {
    let later = Dictionary(after.map { ($0.name, $0) }) { first, _ in first }
    var moved: Set<PolicyIdentity> = []
    for tier in before where tier.isOrdered {
      guard let other = later[tier.name] else { continue }
      let (old, new) = (ranks(tier), ranks(other))
      let common = old.keys.filter { new[$0] != nil }.sorted()
      func places(_ ranks: [PolicyIdentity: Int]) -> [Int] {
        let distinct = Set(common.compactMap { ranks[$0] }).sorted()
        let number = Dictionary(distinct.enumerated().map { ($1, $0) }) { first, _ in first }
        return common.map { ranks[$0].flatMap { number[$0] } ?? 0 }
      }
      let (a, b) = (places(old), places(new))
      if a == b { continue }
      for i in common.indices {
        for j in common.indices where (a[i] < a[j]) != (b[i] < b[j]) {
          moved.formUnion([common[i], common[j]])
        }
      }
    }
    return moved
  }

  private static func ranks(_ tier: Tier) -> [PolicyIdentity: Int] {
    Dictionary(tier.policies.map { ($0.identity, $0.rank) }) { first, _ in first }
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

extension Tier {
  fileprivate var isOrdered: Bool { if case .firstMatch = combination { true } else { false } }
}
