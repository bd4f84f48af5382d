package import Kubernetes
internal import PolicyEngine
package import PolicyModel

/// What decided one direction of a row before a change, and what decides it after.
package struct DirectionCause: Sendable, Hashable {
  package let direction: Direction
  /// In words, with places: `denied: no rule matches in NetworkPolicy shop/db (db.yaml:3)`.
  package let before: String
  package let after: String
  /// The policies whose change may have brought it about.
  let policies: Set<PolicyIdentity>
  /// The first place after the change that an annotation can point to.
  package let location: SourceLocation?
}

/// Says what decides, in the words of ``Wording``.
struct DecidersText {
  private let compiled: CompiledPolicies

  init(_ compiled: CompiledPolicies) { self.compiled = compiled }

  func text(_ deciders: Deciders) -> String {
    if !deciders.isPoliced { return "\(Wording.notPoliced)" }
    let parts = [
      rules(deciders.allows, "allowed by"), rules(deciders.denials, "denied by"), closing(deciders),
    ].compactMap { $0 }
    return parts.isEmpty ? "\(Wording.notIsolated)" : parts.joined(separator: "; ")
  }

  func ruling(_ rules: [Int32]) -> Set<PolicyIdentity> {
    Set(rules.map { compiled.policyAndRule($0).policy.identity })
  }

  func closing(_ deciders: Deciders) -> Set<PolicyIdentity> {
    Set(deciders.closing.map { compiled.policies[Int($0)].identity })
  }

  func concerned(_ deciders: Deciders) -> Set<PolicyIdentity> {
    Set(deciders.concerned.map { compiled.policies[Int($0)].identity })
  }

  /// The first rule that decides, else the first policy that closes.
  func location(_ deciders: Deciders) -> SourceLocation? {
    (deciders.allows + deciders.denials).first.map { compiled.policyAndRule($0).rule.location }
      ?? deciders.closing.first.map { compiled.policies[Int($0)].location }
  }

  private func rules(_ numbers: [Int32], _ verb: String) -> String? {
    if numbers.isEmpty { return nil }
    return verb + " "
      + Wording.list(
        numbers.map { number in
          let (policy, rule) = compiled.policyAndRule(number)
          return Wording.reference(policy, rule)
        })
  }

  /// What is not let through, when rules let some through, is not worth a word.
  private func closing(_ deciders: Deciders) -> String? {
    guard !deciders.closing.isEmpty, deciders.allows.isEmpty, deciders.denials.isEmpty else { return nil }
    return Wording.denied(by: deciders.closing.map { compiled.policies[Int($0)] })
  }
}
