extension LintRule {
  /// Every rule, by code.
  package static let all: [LintRule] = [
    selectsNothing, peerMatchesNothing, likelyTypo, splitPeer, emptyPeerList, openToEveryone, dnsCut,
    apiServerCut, webhookCut, apiServiceCut, scrapeCut, backendCut, probeCut, serviceCut, servicePort,
    undefinedPortName, hiddenRule, redundantRule, redundantPolicy, equalPriorities, blockInCluster, oneFamily,
    hostNetwork, selectsFinished, unlabeled, rejectedPolicy, noDefaultDeny, internetEgress, nodesCut,
    expiredSuppression, unusedSuppression,
  ]

  /// The rule with a code or name; nil when there is none.
  package static func named(_ text: String) -> LintRule? {
    all.first { $0.code == text.uppercased() || $0.name == text }
  }
}
