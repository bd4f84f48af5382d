internal import Kubernetes

/// A value of several files of which later ones override earlier ones, as Helm merges them: mappings are merged, all else
/// is replaced, and null takes a value back.
struct LayeredNode {
  /// One unless all are mappings; in the order of the files.
  let nodes: [Node]

  init(_ nodes: [Node]) { self.nodes = nodes }

  /// What counts where nothing is merged.
  var last: Node { nodes[nodes.count - 1] }

  var location: SourceLocation { last.location }

  /// Keys of a mapping, each once, in the order of their first mention.
  var keys: [String] {
    var seen: Set<String> = []
    return nodes.flatMap { $0.members.map(\.key.keyText) }.filter { seen.insert($0).inserted }
  }

  /// A value of a mapping; nil when it is absent or null.
  subscript(key: String) -> LayeredNode? {
    var found: [Node] = []
    for node in nodes {
      for (name, value) in node.members where name.keyText == key {
        let merges = value.content == .mapping && found.last?.content == .mapping
        found = value.isNull ? [] : merges ? found + [value] : [value]
      }
    }
    return found.isEmpty ? nil : LayeredNode(found)
  }

  /// Reports anything but a mapping, and its members that are not among `known`.
  func isMapping(_ type: String, known: [String], _ problems: inout [Diagnostic]) -> Bool {
    var isMapping = true
    for node in nodes {
      if node.isMapping(type, &problems) {
        _ = StrictFields(node, type: type, known: known, &problems)
      } else {
        isMapping = false
      }
    }
    return isMapping
  }
}
