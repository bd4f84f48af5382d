internal import Kubernetes
internal import PolicyModel

/// The label keys and values, port names and blocks that some policy mentions. Nothing else can matter.
struct Vocabulary: Sendable {
  struct Key: Sendable {
    let number: Int32
    /// Numbers of the mentioned values, from 1; 0 is any other value.
    var values: [String: Int32]
  }

  private(set) var podKeys: [String: Key] = [:]
  private(set) var portNames: Set<String> = []
  private(set) var blocks: Set<AddressSet> = []

  init(_ policies: [Policy]) {
    for policy in policies {
      add(policy.subject.pods)
      for rule in policy.rules {
        if case .anyOf(let peers) = rule.peers {
          for peer in peers {
            switch peer.kind {
            case .endpoints(let selector): add(selector.pods)
            case .addresses(let block): blocks.insert(block.addresses)
            }
          }
        }
        if case .anyOf(let matches) = rule.traffic {
          for case .named(let name) in matches.map(\.ports) { portNames.insert(name) }
        }
      }
    }
  }

  private mutating func add(_ expression: LabelExpression) {
    for requirement in expression.requirements.map(\.value) {
      var key = podKeys[requirement.key] ?? Key(number: Int32(podKeys.count), values: [:])
      switch requirement.operator {
      case .isIn(let values), .isNotIn(let values):
        for value in values where key.values[value] == nil { key.values[value] = Int32(key.values.count + 1) }
      case .exists, .doesNotExist: break
      }
      podKeys[requirement.key] = key
    }
  }

  /// What policies can see of labels: (key, value) numbers in the order of the keys.
  func signature(of labels: Labels) -> [UInt64] {
    var signature: [UInt64] = []
    for entry in labels.entries {
      guard let key = podKeys[entry.key] else { continue }
      signature.append(UInt64(key.number) << 32 | UInt64(key.values[entry.value] ?? 0))
    }
    return signature
  }
}
