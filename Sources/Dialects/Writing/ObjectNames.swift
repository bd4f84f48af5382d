internal import Kubernetes
internal import PolicyModel

/// Names of objects of one kind, none of them twice in a namespace.
struct ObjectNames {
  private struct Place: Hashable {
    let namespace: String
    let name: String
  }

  private static let longest = 253

  private var taken: Set<Place> = []

  /// A name after a policy's, with a number where others have it.
  ///
  /// - Parameters:
  ///   - namespace: where the object lives; empty for kinds of the cluster, whose names begin with the policy's namespace.
  ///   - prefix: what the name must begin with.
  mutating func name(_ identity: PolicyIdentity, in namespace: String, prefix: String = "") -> String {
    let isOfCluster = namespace.isEmpty && !identity.namespace.isEmpty
    let base = prefix + Self.valid(isOfCluster ? "\(identity.namespace)-\(identity.name)" : identity.name)
    var number = 1
    while true {
      let suffix = number == 1 ? "" : "-\(number)"
      let name = Self.cut(base, to: Self.longest - suffix.utf8.count) + suffix
      if taken.insert(Place(namespace: namespace, name: name)).inserted { return name }
      number += 1
    }
  }

  /// A DNS-1123 subdomain that looks like the text.
  private static func valid(_ text: String) -> String {
    if NameRules.subdomainProblem(text) == nil { return text }
    var name = ""
    for scalar in text.lowercased().unicodeScalars {
      let isPlain = ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar)
      if isPlain {
        name.unicodeScalars.append(scalar)
      } else if let last = name.unicodeScalars.last, last != "-", last != "." {
        name += scalar == "." ? "." : "-"
      }
    }
    return name.isEmpty ? "policy" : cut(name, to: longest)
  }

  private static func cut(_ name: String, to length: Int) -> String {
    var cut = name.prefix(length)
    while let last = cut.last, last == "-" || last == "." { cut.removeLast() }
    return String(cut)
  }
}

extension PolicyIdentity {
  /// The same with something after its name, when it is not empty.
  func adding(_ suffix: String) -> PolicyIdentity {
    suffix.isEmpty ? self : PolicyIdentity(kind: kind, namespace: namespace, name: "\(name)-\(suffix)")
  }
}
