package import Kubernetes
package import PolicyEngine
internal import PolicyModel

/// What several engines make of the same flows, side by side.
package struct ProfileComparison: Sendable {
  package let source: String
  package let destination: String
  /// Sets of ports about which every engine says one thing; engines agree or not.
  package let rows: [Row]

  package struct Row: Sendable {
    /// `TCP 5432`, `all other ports`.
    package let ports: String
    /// In the order of the engines.
    package let answers: [Answer]

    /// Whether all engines come to the same verdict.
    package var isAgreed: Bool { Set(answers.map(\.outcome)).count == 1 }
  }

  package struct Answer: Sendable {
    package let profile: String
    package let outcome: Outcome
    /// What decided, in one line.
    package let reason: String
  }

  /// A cluster in the eyes of one engine, with the ends found in it.
  package struct Subject: Sendable {
    let evaluator: FlowEvaluator
    let source: FlowEnd
    let destination: FlowEnd

    package init(_ cluster: Cluster, source: String, destination: String) throws(FlowLineError) {
      evaluator = FlowEvaluator(world: cluster.world, tiers: cluster.tiers, profile: cluster.profile)
      let parser = FlowParser(cluster.world)
      self.source = try parser.end(source)
      self.destination = try parser.end(destination)
      // Checks what only both ends together show.
      if case .service = self.destination { return }
      _ = try parser.flow(from: self.source, to: self.destination, .port(.tcp, 1))
    }
  }

  /// Compares one flow, or without `traffic` everything that may pass between the ends.
  package init(_ subjects: [Subject], source: String, destination: String, traffic: FlowTraffic?) {
    self.source = source
    self.destination = destination
    if let traffic {
      rows = [Row(ports: Wording.text(traffic), answers: subjects.map { Self.answer($0, traffic) })]
      return
    }
    var found: [(answers: [Answer], traffic: TrafficSet)] = []
    for (transport, ports) in Self.questions(subjects) {
      guard let port = ports.ranges.first?.lowerBound else { continue }
      let answers = subjects.map { Self.answer($0, .port(transport, port)) }
      let outcomes = answers.map(\.outcome)
      let part = TrafficSet(transport, ports)
      if let place = found.firstIndex(where: { $0.answers.map(\.outcome) == outcomes }) {
        found[place].traffic = found[place].traffic.union(part)
      } else {
        found.append((answers, part))
      }
    }
    rows = found.map {
      Row(ports: $0.traffic == .all ? "all ports" : $0.traffic.description, answers: $0.answers)
    }
  }

  private static func answer(_ subject: Subject, _ traffic: FlowTraffic) -> Answer {
    let verdict = subject.evaluator.verdict(
      Flow(from: subject.source, to: subject.destination, traffic))
    return Answer(
      profile: subject.evaluator.profile.name, outcome: verdict.outcome,
      reason: Wording(subject.evaluator.world).reason(verdict))
  }

  /// The sets of ports that no rule of any engine tells apart.
  private static func questions(_ subjects: [Subject]) -> [(TransportProtocol, PortSet)] {
    var classes: [(TransportProtocol, PortSet)] = TransportProtocol.allCases.map { ($0, .all) }
    for subject in subjects {
      let own = Explanation.questions(subject.evaluator, from: subject.source, to: subject.destination)
      classes = classes.flatMap { transport, ports in
        own.compactMap { part in
          let common = part.1.intersection(ports)
          return part.0 == transport && !common.isEmpty ? (transport, common) : nil
        }
      }
    }
    return classes
  }
}

extension ProfileComparison {
  /// The differences for people; one line when there are none.
  package func text(_ style: TextStyle) -> String {
    var lines: [String] = []
    for row in rows {
      let head = "\(style.bold("\(source) -> \(destination)")) \(row.ports):"
      guard !row.isAgreed, let first = row.answers.first else {
        lines.append("\(head) \(Self.agreement(row))")
        continue
      }
      lines.append("\(head) engines disagree")
      let width = row.answers.map(\.profile.count).max() ?? first.profile.count
      for answer in row.answers {
        let padding = String(repeating: " ", count: width - answer.profile.count)
        lines.append("  \(answer.profile)\(padding)  \(style.word(answer.outcome)): \(answer.reason)")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func agreement(_ row: Row) -> String {
    let names = row.answers.map(\.profile)
    let list =
      names.dropLast().joined(separator: ", ") + (names.count > 1 ? " and " : "") + (names.last ?? "")
    return "\(row.answers.first?.outcome.rawValue ?? "nothing") by \(list)"
  }

  package var data: DataValue {
    .members(
      ("apiVersion", "merlon.dev/v1"), ("kind", "ProfileComparison"), ("source", .string(source)),
      ("destination", .string(destination)),
      (
        "rows",
        .list(
          rows.map { row in
            .members(
              ("ports", .string(row.ports)), ("agree", .bool(row.isAgreed)),
              (
                "answers",
                .list(
                  row.answers.map {
                    .members(
                      ("profile", .string($0.profile)), ("verdict", .string($0.outcome.rawValue)),
                      ("reason", .string($0.reason)))
                  })
              ))
          })
      ))
  }
}

extension TextStyle {
  /// A verdict in its colour.
  func word(_ outcome: Outcome) -> String {
    switch outcome {
    case .allowed: green("allowed")
    case .denied: red("denied")
    case .undefined: yellow("undefined")
    }
  }
}
