internal import Kubernetes
internal import SourceGroups

/// What a policy would change, for people.
struct PlanText {
  let lines: [String]

  init(_ plan: Node, of policy: PolicyDocument) {
    let name = "policy/\(policy.policy.name)"
    let differences = plan["differences"]?.elements ?? []
    let count = plan.number(of: "differenceCount")
    guard plan.text(of: "effect") == SourceGroupPlan.Effect.different.rawValue else {
      lines = [
        "\(name) "
          + (plan.text(of: "effect") == SourceGroupPlan.Effect.identical.rawValue
            ? "says what counts already" : "is written differently, and decides everything alike")
      ]
      return
    }
    var lines = ["\(name) decides \(count) \(count == 1 ? "kind" : "kinds") of connections otherwise"]
    for difference in differences {
      let (old, new) = (difference["old"], difference["new"])
      lines.append(
        "  \(Self.verb(old, new)) \(difference.text(of: "source")) -> \(difference.text(of: "destination")) "
          + difference.text(of: "traffic"))
      lines.append("    before: \(Self.words(old) { _ in nil })")
      lines.append("    after:  \(Self.words(new) { policy.place($0) })")
    }
    if count > differences.count { lines.append("  and \(count - differences.count) more") }
    lines += (plan["assumptions"]?.elements ?? []).map { "  taken for true: \($0.text)" }
    self.lines = lines
  }

  private static func verb(_ old: Node?, _ new: Node?) -> String {
    switch (old?.text(of: "outcome"), new?.text(of: "outcome")) {
    case (_, "allowed"?): "opens "
    case ("allowed"?, _): "closes"
    default: "alters"
    }
  }

  private static func words(_ decision: Node?, place: (String) -> SourceLocation?) -> String {
    guard let decision else { return "" }
    let position = decision.text(of: "location")
    return "\(decision.text(of: "outcome")) by \(decision.text(of: "rule")) "
      + "(\(place(position).map { "\($0)" } ?? position))"
  }
}
