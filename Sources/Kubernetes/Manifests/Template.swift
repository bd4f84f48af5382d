extension Diagnostic {
  /// The answer to input that Helm has to render first.
  static func isTemplate(at location: SourceLocation) -> Diagnostic {
    Diagnostic(
      .renderFirst, .error, "this is a Helm template, not a manifest", at: location,
      fix: "render first: helm template RELEASE CHART | merlon check -")
  }
}

extension [Diagnostic] {
  /// When one of the latest problems quotes a value with `{{`, the object is a template and one message says so.
  ///
  /// Braces elsewhere prove nothing: rendered manifests carry the templates of other programs in annotations
  /// and scripts.
  package mutating func recogniseTemplate(from first: Int, at location: SourceLocation) {
    if self[first...].contains(where: { $0.severity == .error && $0.message.contains("{{") }) {
      self[first...] = [.isTemplate(at: location)]
    }
  }

  /// A template breaks at many places; one message per file says it.
  package func reportingEachTemplateOnce() -> [Diagnostic] {
    var seen: Set<String> = []
    return filter { problem in
      guard problem.code == .renderFirst, problem.severity == .error, let path = problem.location?.file.path
      else {
        return true
      }
      return seen.insert(path).inserted
    }
  }
}
