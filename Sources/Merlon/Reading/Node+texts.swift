internal import Kubernetes

extension Node {
  /// A list of strings; reports all else.
  func strings(_ field: String, _ problems: inout [Diagnostic]) -> [String] {
    (list(field, &problems) ?? []).compactMap { $0.string("\(field)[]", &problems) }
  }

  /// A mapping of strings to strings; reports all else.
  func texts(_ field: String, _ problems: inout [Diagnostic]) -> [String: String] {
    guard isMapping(field, &problems) else { return [:] }
    var texts: [String: String] = [:]
    for (key, value) in members {
      if let text = value.string("\(field).\(key.keyText)", &problems) { texts[key.keyText] = text }
    }
    return texts
  }
}
