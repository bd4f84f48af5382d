internal import Kubernetes
internal import PolicyModel

/// Decides what stands for the pods of a workload that has none in the input: its template, and beside it those
/// replicas that policies can tell from the others by a label that the controller will give them.
///
/// Replicas that nobody can tell apart stay together in a template, so that a StatefulSet of 100,000 costs what
/// policies say about it.
struct TemplateReplicas {
  private static let podName = "statefulset.kubernetes.io/pod-name"
  private static let podIndex = "apps.kubernetes.io/pod-index"
  private static let jobNames = ["batch.kubernetes.io/job-name", "job-name"]

  /// Replicas beyond as many as no cluster can run are not looked at one by one.
  private static let mostReplicas = 1_000_000

  /// What is asked of each label; nil where nobody looks at it.
  private let podNames: MentionedLabels.Key?
  private let podIndices: MentionedLabels.Key?
  private let jobNames: MentionedLabels.Key?

  /// - Parameter services: what their selectors mention counts too: they pick single pods of StatefulSets.
  init(_ labels: MentionedLabels, services: [Service]) {
    func mentioned(_ key: String) -> MentionedLabels.Key? {
      let selected = services.compactMap { $0.selector?[key] }
      var found = labels.keys[key]
      if !selected.isEmpty { found = found ?? MentionedLabels.Key() }
      found?.values.formUnion(selected)
      return found
    }
    podNames = mentioned(Self.podName)
    podIndices = mentioned(Self.podIndex)
    let ofJobs = Self.jobNames.compactMap { labels.keys[$0] }
    jobNames =
      ofJobs.isEmpty
      ? nil
      : MentionedLabels.Key(
        values: ofJobs.reduce([]) { $0.union($1.values) }, parts: ofJobs.reduce([]) { $0.union($1.parts) })
  }

  /// The endpoints for a workload's template. O(mentioned values), and O(replicas) where policies ask for parts of
  /// values.
  ///
  /// - Parameter hasPods: some of its pods are in the input, without the template's labels. They have the names,
  ///   and the template stands for all that will take their place.
  func endpoints(of workload: Workload, hasPods: Bool) -> [Endpoints.Template] {
    switch workload.kind {
    case .statefulSet where podNames != nil || podIndices != nil: replicas(of: workload, hasPods: hasPods)
    case .statefulSet:
      [endpoint(workload, workload.template.labels, ordinals: ordinals(of: workload))]
    case .cronJob: jobNames.map { jobs(of: workload, $0) } ?? [endpoint(workload, workload.template.labels)]
    default: [endpoint(workload, workload.template.labels)]
    }
  }

  // MARK: - StatefulSets

  /// A replica that stands alone is the pod that it will be. A template stands for others, and has the labels of
  /// the first of them.
  private func replicas(of workload: Workload, hasPods: Bool) -> [Endpoints.Template] {
    let ordinals = ordinals(of: workload)
    var alone = mentionedOrdinals(of: workload.meta.name).filter(ordinals.contains)
    if hasPods {
      let first = ordinals.first { !alone.contains($0) } ?? ordinals.lowerBound
      return [endpoint(workload, labels(workload, first), ordinals: ordinals)]
    }
    let groups = groups(ordinals, without: alone, workload.meta.name)
    if alone.isEmpty, groups.count == 1 {
      return [endpoint(workload, labels(workload, groups[0].first), ordinals: ordinals)]
    }
    var others: [Int] = []
    for (first, count) in groups {
      if count == 1 { alone.insert(first) } else { others.append(first) }
    }
    return alone.sorted().map { pod(workload, $0) }
      + others.map { endpoint(workload, labels(workload, $0), ordinals: ordinals) }
  }

  /// The numbers of its pods. A StatefulSet that is scaled to zero will come back with its first pod.
  private func ordinals(of workload: Workload) -> Range<Int> {
    workload.firstOrdinal..<(workload.firstOrdinal + max(1, workload.replicas ?? 1))
  }

  /// The replicas that nobody mentions, put together as policies see them: the first of each group, ascending, and
  /// how many it has.
  private func groups(
    _ ordinals: Range<Int>, without mentioned: Set<Int>, _ name: String
  ) -> [(first: Int, count: Int)] {
    let (ofName, ofIndex) = (podNames?.parts ?? [], podIndices?.parts ?? [])
    if ofName.isEmpty, ofIndex.isEmpty {
      let count = ordinals.count - mentioned.count
      return ordinals.first { !mentioned.contains($0) }.map { [($0, count)] } ?? []
    }
    var numbers: [[AttributeRequirement.Test]: Int] = [:]
    var groups: [(first: Int, count: Int)] = []
    for ordinal in ordinals.prefix(Self.mostReplicas) where !mentioned.contains(ordinal) {
      let met =
        ofName.filter { $0.isMet(by: "\(name)-\(ordinal)") }
        + ofIndex.filter { $0.isMet(by: String(ordinal)) }
      if let number = numbers[met] {
        groups[number].count += 1
      } else {
        numbers[met] = groups.count
        groups.append((ordinal, 1))
      }
    }
    return groups
  }

  private func mentionedOrdinals(of name: String) -> Set<Int> {
    let byName = (podNames?.values ?? []).compactMap { Self.number(after: "\(name)-", in: $0) }
    return Set(byName + (podIndices?.values ?? []).compactMap { Self.number(after: "", in: $0) })
  }

  /// The pod that a StatefulSet's controller makes for an ordinal.
  private func pod(_ workload: Workload, _ ordinal: Int) -> Endpoints.Template {
    endpoint(workload, labels(workload, ordinal), as: .pod, named: "\(workload.meta.name)-\(ordinal)")
  }

  private func labels(_ workload: Workload, _ ordinal: Int) -> Labels {
    workload.template.labels.setting([
      Self.podName: "\(workload.meta.name)-\(ordinal)", Self.podIndex: String(ordinal),
    ])
  }

  // MARK: - CronJobs

  /// A CronJob's Jobs are named after it and the minute of their schedule: any number may come, so a mentioned
  /// Job is an endpoint of its own, and templates stand for all others: one for each kind of name that policies
  /// tell apart.
  private func jobs(of workload: Workload, _ names: MentionedLabels.Key) -> [Endpoints.Template] {
    let prefix = "\(workload.meta.name)-"
    let mentioned = names.values.filter { Self.number(after: prefix, in: $0) != nil }
    func labels(_ job: String) -> Labels {
      workload.template.labels.setting(
        Dictionary(uniqueKeysWithValues: Self.jobNames.map { ($0, job) }))
    }
    var seen: Set<Set<AttributeRequirement.Test>> = []
    let others = Self.exampleNumbers(names.parts).map { prefix + $0 }.filter { name in
      !mentioned.contains(name) && seen.insert(names.parts.filter { $0.isMet(by: name) }).inserted
    }
    return mentioned.sorted().map { endpoint(workload, labels($0), as: .template(.job), named: $0) }
      + others.map { endpoint(workload, labels($0)) }
  }

  /// Numbers that meet tests on parts of names in every way: made of the digits that the tests ask for, with
  /// others between them; `<number>` without tests.
  private static func exampleNumbers(_ tests: Set<AttributeRequirement.Test>) -> [String] {
    if tests.isEmpty { return ["<number>"] }
    let fragments = Set(tests.flatMap(\.digits)).sorted()
    let filler = (1...9).map(String.init).first { digit in !fragments.contains { $0.contains(digit) } } ?? "1"
    let choices = [""] + fragments
    var numbers = [filler]
    for first in choices {
      for middle in choices.count > 9 ? [""] : choices {
        for last in choices {
          for gap in ["", filler] { numbers.append([first, middle, last].joined(separator: gap)) }
        }
      }
    }
    return numbers.filter { !$0.isEmpty && (!$0.hasPrefix("0") || $0 == "0") }
  }

  // MARK: - Both

  private func endpoint(
    _ workload: Workload, _ labels: Labels, as kind: Endpoint.Kind? = nil, named name: String? = nil,
    ordinals: Range<Int> = 0..<0
  ) -> Endpoints.Template {
    Endpoints.Template(
      kind: kind ?? .template(workload.kind), name: name ?? workload.meta.name, labels: labels,
      ports: workload.template.ports, serviceAccount: workload.template.serviceAccountName,
      hostNetwork: workload.template.hostNetwork, location: workload.meta.location, ordinals: ordinals)
  }

  /// The number of a StatefulSet's pod in its name, after the StatefulSet's name; nil for other names.
  static func ordinal(ofPod name: String, of statefulSet: String) -> Int? {
    number(after: "\(statefulSet)-", in: name)
  }

  /// The number that follows a prefix, as a controller writes it: without sign and leading zeros.
  private static func number(after prefix: String, in text: String) -> Int? {
    guard text.hasPrefix(prefix), let number = Int(text.dropFirst(prefix.count)), number >= 0,
      text == "\(prefix)\(number)"
    else { return nil }
    return number
  }
}

extension AttributeRequirement.Test {
  /// The runs of digits in the part of a value that is asked for.
  fileprivate var digits: [String] {
    switch self {
    case .isIn, .isNotIn, .exists, .doesNotExist: []
    case .contains(let part), .startsWith(let part), .endsWith(let part):
      part.split { !$0.isASCII || !$0.isNumber }.map(String.init)
    }
  }
}
