internal import Kubernetes

extension Intent {
  /// Everything that is wrong with it or worth knowing, in the order of the places; empty when there is nothing.
  ///
  /// Errors are what cannot be meant: no rendering is made of it. Warnings are what is probably not meant, among them that
  /// a workload is closed for egress and loses the cluster's DNS, or the API server that it needs.
  public func check() -> [Problem] {
    let check = IntentCheck(self)
    var found = check.problems
    if !check.hasErrors { found += IntentWarnings(self).found + cutNeeds }
    return found.sortedByLocation().map(Problem.init)
  }

  /// What workloads lose by being closed. DNS is missed by nearly everything, the API server by those that say so.
  private var cutNeeds: [Diagnostic] {
    let places = Dictionary(workloads.map { ("\($0)", $0) }) { first, _ in first }
    return IsolationEffect.effects(of: self).flatMap { effect -> [Diagnostic] in
      guard let workload = places[effect.workload] else { return [] }
      var found: [Diagnostic] = []
      func warn(_ what: String, swift: String, yaml: String) {
        found.append(
          Diagnostic(
            .cutsNeed, .warning, "\(workload) is closed for egress and cannot ask \(what)",
            at: workload.site.location, fix: "allow it with \(workload.site.words(swift: swift, yaml: yaml))")
        )
      }
      if effect.losesDNS { warn("the cluster's DNS", swift: "to(.clusterDNS)", yaml: "to: dns") }
      if effect.losesAPIServer, workload.needs.contains(.apiServer) {
        warn("the API server, which it needs", swift: "to(.apiServer)", yaml: "to: api-server")
      }
      return found
    }
  }
}
