internal import Kubernetes

/// What Felix, Calico's enforcer, does with what the published schema lets into the cluster although it is wrong
/// (SEMANTICS.md §3.1). Nearly always that opens traffic.
enum FelixReading: String {
  case ignoresPolicy = "ignores the whole policy: traffic stays open"
  /// A negated list without an entry excludes less; a positive one without any other entry is no condition.
  case skipsExcludedEntry = "skips this entry, and the rule widens"
  case skipsEntry = "skips this entry, and without another one the rule widens to every address"
  case dropsCriterion = "drops this criterion, and the rule widens"
  case dropsSubjectCriterion = "drops this criterion, and the policy selects more endpoints"
}

extension [Diagnostic] {
  /// Reports what only Calico's own validation finds.
  mutating func reportInvalid(
    _ node: Node, _ message: String, felix reading: FelixReading, fix: String? = nil
  ) {
    reportInvalid(at: node.location, message, felix: reading, fix: fix)
  }

  mutating func reportInvalid(
    at location: SourceLocation, _ message: String, felix reading: FelixReading, fix: String? = nil
  ) {
    append(
      Diagnostic(
        .invalidValue, .error, "\(message); the API server accepts this, but Felix \(reading.rawValue)",
        at: location, fix: fix))
  }
}
