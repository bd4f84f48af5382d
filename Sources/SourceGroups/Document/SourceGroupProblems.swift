package import Kubernetes

extension Diagnostic.Code {
  /// A selector without a condition that does not say that everything is meant.
  package static let emptySelector = Self(rawValue: "empty-selector")
  /// A rule that allows more than anybody needs.
  package static let overBroadRule = Self(rawValue: "over-broad-rule")
  /// A rule behind another one that matches all that it does.
  package static let coveredRule = Self(rawValue: "covered-rule")
  /// A group that decides nothing.
  package static let emptyGroup = Self(rawValue: "empty-group")
  /// A rule between addresses of different families.
  package static let otherFamily = Self(rawValue: "other-family")
  /// A source whose members stop counting while its cluster is only quiet.
  package static let shortGrace = Self(rawValue: "short-grace")
  /// A source of an integration that is not there.
  package static let unknownIntegration = Self(rawValue: "unknown-integration")
  /// Two source groups of one priority.
  package static let duplicatePriority = Self(rawValue: "duplicate-priority")
  /// A group whose members' leaving lets something through.
  package static let opensWhenStale = Self(rawValue: "opens-when-stale")
}
