internal import PolicyModel

/// Subjects that policies close in one direction, kept by the namespaces that they name: a subject is held against
/// those of its own namespaces only, so that questions about n subjects cost about n times those of a namespace.
struct ClosedSubjects {
  private var byNamespace: [String: [Conjunction]] = [:]
  /// Those of all subjects that do not name their namespaces.
  private var elsewhere: [Conjunction] = []
  private var all: [Conjunction] = []

  mutating func insert(_ subject: Conjunction) {
    all.append(subject)
    guard let names = subject.namespaceNames else {
      elsewhere.append(subject)
      return
    }
    for name in names { byNamespace[name, default: []].append(subject) }
  }

  /// How the pods of a subject are closed.
  func closure(of subject: Conjunction) -> AllowLists.Closure {
    let near = candidates(for: subject)
    if near.contains(where: { subject.implies($0) }) { return .whole }
    return near.contains { $0.and(subject) != nil } ? .partly : .none
  }

  /// The parts of a subject that are closed.
  func parts(of subject: Conjunction) -> [Conjunction] {
    let near = candidates(for: subject)
    if near.contains(where: { subject.implies($0) }) { return [subject] }
    return Alternatives.least(near.compactMap { $0.and(subject) })
  }

  /// Those that may share a pod with a subject.
  private func candidates(for subject: Conjunction) -> [Conjunction] {
    guard let names = subject.namespaceNames else { return all }
    return names.reduce(into: elsewhere) { $0 += byNamespace[$1] ?? [] }
  }
}
