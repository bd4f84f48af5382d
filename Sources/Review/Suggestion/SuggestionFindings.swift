package import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// What suggested policies do not do, or do besides.
struct SuggestionFindings {
  /// The errors first.
  private(set) var findings: [Diagnostic] = []
  private let builder: SuggestionBuilder
  private let world: World

  /// - Parameter suggested: the cluster with the policies.
  init(
    _ builder: SuggestionBuilder, _ proof: SuggestionProof, _ suggested: FlowResolver
  ) {
    self.builder = builder
    world = builder.cluster.world
    for cut in proof.cut { add(cut) }
    addUnmapped()
    addUnwritten()
    let units = suggested.compiled.units()
    addOpen(units)
    addNeeds(suggested, units)
    addExceptions()
    addAlike()
    for opening in proof.open { add(opening) }
    addPassedBy()
    findings = findings.enumerated().sorted {
      ($1.element.severity, $0.offset) < ($0.element.severity, $1.offset)
    }.map(\.element)
  }

  private func name(_ group: Int) -> String { world.qualifiedName(world.workloads[group]) }

  private static func times(_ count: Int) -> String { count == 1 ? "once" : "\(count) times" }

  // MARK: - What was seen and is not allowed

  private mutating func add(_ cut: SuggestionProof.Cut) {
    let what = cut.verdict == .denied ? "is not allowed" : "is not allowed for certain"
    findings.append(
      Diagnostic(
        .seenAndCut, .error, "\(cut.flow) was seen \(Self.times(cut.count)) and \(what): \(cut.reason)",
        at: cut.location))
  }

  /// Connections with ends that are nothing in the input; each reason once.
  private mutating func addUnmapped() {
    var order: [(reason: String, isCut: Bool)] = []
    var counts: [String: (count: Int, first: FlowLog.Entry)] = [:]
    for unmapped in builder.observations.unmapped where builder.isWanted(unmapped) {
      let isCut = unmapped.known.contains { builder.isClosed($0.group, $0.direction) }
      let key = "\(isCut) \(unmapped.reason)"
      if counts[key] == nil { order.append((unmapped.reason, isCut)) }
      let before = counts[key]
      counts[key] = (
        (before?.count ?? 0).addingWithoutOverflow(unmapped.entry.count), before?.first ?? unmapped.entry
      )
    }
    for (reason, isCut) in order {
      guard let (count, first) = counts["\(isCut) \(reason)"] else { continue }
      let what =
        isCut ? "; these policies close the other end to it" : "; nothing is suggested for its connections"
      findings.append(
        Diagnostic(
          isCut ? .seenAndCut : .unmappedFlow, isCut ? .error : .warning,
          "\(reason), and was seen \(Self.times(count))\(what)", at: first.location,
          fix: "add its manifests to the input"))
    }
  }

  /// What a NetworkPolicy cannot say.
  private mutating func addUnwritten() {
    for number in builder.unwritten.sorted() {
      let connection = builder.observations.connections[number]
      let (source, destination) = (connection.source.obstacle, connection.destination.obstacle)
      let reason =
        connection.port == nil
        ? "NetworkPolicies speak of TCP, UDP and SCTP only" : source ?? destination ?? "no peer can name it"
      findings.append(
        Diagnostic(
          .unwritableFlow, .warning,
          "no rule is written for \(connection.sourceName) -> \(connection.destinationName) \(connection.portText): \(reason)",
          at: nil,
          fix: connection.source == .world || connection.destination == .world
            ? "--open-to-world opens the port to everything outside" : nil))
    }
  }

  /// Closed workloads that are open all the same.
  private mutating func addOpen(_ units: [ConnectivityUnit]) {
    var done: Set<Int> = []
    for unit in units {
      for direction in Direction.allCases where builder.isClosed(unit.workload, direction) {
        let isIsolated = direction == .ingress ? unit.isIngressIsolated : unit.isEgressIsolated
        guard !isIsolated, done.insert(unit.workload).inserted else { continue }
        findings.append(
          Diagnostic(
            .notClosed, .error,
            "\(name(unit.workload)) is not closed for \(direction.name) by these policies",
            at: unit.location))
      }
    }
  }

  // MARK: - What else is cut

  /// What something declares to need, and the log does not show.
  private mutating func addNeeds(_ suggested: FlowResolver, _ units: [ConnectivityUnit]) {
    let evaluator = NeedEvaluator(suggested.cluster, suggested.compiled, units)
    for (need, outcome) in zip(builder.needs, evaluator.outcomes(of: builder.needs)) {
      if case .met = outcome { continue }
      let reason = if case .cut(let cut) = outcome { ": \(cut.words)" } else { "" }
      findings.append(
        Diagnostic(
          .needNotSeen, need.kind == .dns ? .error : .warning,
          "\(need.summary), which was not seen, and is not allowed any more\(reason)", at: need.location))
    }
  }

  // MARK: - What is not closed

  private mutating func addExceptions() {
    for exception in builder.exceptions {
      findings.append(
        Diagnostic(
          .leftOpen, .warning, "\(name(exception.group)) is not closed: \(exception.reason)",
          at: world.workloads[exception.group].location))
    }
  }

  private mutating func addAlike() {
    var peers = PolicyPeers(builder.cluster)
    for group in builder.closed.keys.sorted() {
      let others = peers.selection(of: group).alsoSelected
      if others.isEmpty { continue }
      findings.append(
        Diagnostic(
          .alikeWorkloads, .warning,
          "policies about \(name(group)) are about \(Wording.list(others.map(name))) too: no label tells them apart",
          at: world.workloads[group].location,
          related: others.prefix(3).map { .init(message: name($0), location: world.workloads[$0].location) },
          fix: "give each a label of its own, such as `app.kubernetes.io/name`"))
    }
  }

  private mutating func add(_ opening: SuggestionProof.Opening) {
    let examples = opening.examples.map { "\($0.source) -> \($0.destination) \($0.ports)" }
    let more = opening.count - examples.count
    let what = opening.isUndefined ? "may be open" : "is open"
    findings.append(
      Diagnostic(
        .moreThanSeen, opening.isOfInput && !opening.isUndefined ? .note : .warning,
        "more \(what) than was seen: \(examples.joined(separator: ", "))\(more > 0 ? " and \(more) more" : ""): \(opening.reasons.joined(separator: "; "))",
        at: nil))
  }

  /// What nothing was seen of, and what gets no policies.
  private mutating func addPassedBy() {
    if !builder.unseen.isEmpty {
      let names = builder.unseen.map(name).joined(separator: ", ")
      findings.append(
        Diagnostic(
          .unseenWorkload, .note,
          builder.options.closesUnseen
            ? "no flow was seen of \(names): closed but for DNS"
            : "no flow was seen of \(names): left as they are (--isolate-unseen closes them)", at: nil))
    }
    let elsewhere = Set(
      builder.observations.connections.flatMap { [$0.source.workload, $0.destination.workload] }
        .compactMap(\.self).map { world.workloads[$0].namespace }
    )
    .subtracting(builder.places).map { world.namespaces[$0].name }.filter(SystemNamespaces.names.contains)
    if builder.options.namespace == nil, !elsewhere.isEmpty {
      findings.append(
        Diagnostic(
          .systemNamespace, .note,
          "\(elsewhere.sorted().joined(separator: ", ")) is left as it is: namespaces of the system get policies with -n only",
          at: nil))
    }
  }
}

extension Diagnostic.Code {
  /// A connection that was seen, and that the suggested policies do not allow.
  package static let seenAndCut = Self(rawValue: "seen-and-cut")
  /// A connection that was seen, with an end that is nothing in the input.
  package static let unmappedFlow = Self(rawValue: "unmapped-flow")
  /// A connection that was seen, and that no NetworkPolicy can name.
  package static let unwritableFlow = Self(rawValue: "unwritable-flow")
  /// A workload that suggested policies fail to close.
  package static let notClosed = Self(rawValue: "not-closed")
  /// A workload that NetworkPolicies cannot close, or that is left open on purpose.
  package static let leftOpen = Self(rawValue: "left-open")
  /// Something that is declared and was not seen, and that suggested policies cut.
  package static let needNotSeen = Self(rawValue: "need-not-seen")
  /// Workloads that no label tells apart.
  package static let alikeWorkloads = Self(rawValue: "alike-workloads")
  /// Connections that were not seen and are open with the suggested policies.
  package static let moreThanSeen = Self(rawValue: "more-than-seen")
  /// Workloads of which a log says nothing.
  package static let unseenWorkload = Self(rawValue: "unseen-workload")
  /// Namespaces of the system that get no policies.
  package static let systemNamespace = Self(rawValue: "system-namespace")
}
