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
    if Self.cover(near, subject) { return .whole }
    return near.contains { $0.and(subject) != nil } ? .partly : .none
  }

  /// The parts of a subject that are closed.
  func parts(of subject: Conjunction) -> [Conjunction] {
    let near = candidates(for: subject)
    if Self.cover(near, subject) { return [subject] }
    return Alternatives.least(near.compactMap { $0.and(subject) })
  }

  /// The most parts that are looked at to find out whether nothing is left.
  private static let limit = 64

  /// Whether some subjects together have all pods of another one. Where that takes too many parts to tell, the answer is no.
  private static func cover(_ subjects: [Conjunction], _ whole: Conjunction) -> Bool {
    if subjects.contains(where: { whole.implies($0) }) { return true }
    var left = [whole]
    for subject in subjects {
      left = left.flatMap { $0.and(subject) == nil ? [$0] : $0.subtracting(subject) }
      if left.isEmpty { return true }
      if left.count > limit { return false }
    }
    return false
  }

  /// Those that may share a pod with a subject.
  private func candidates(for subject: Conjunction) -> [Conjunction] {
    guard let names = subject.namespaceNames else { return all }
    return names.reduce(into: elsewhere) { $0 += byNamespace[$1] ?? [] }
  }
}
