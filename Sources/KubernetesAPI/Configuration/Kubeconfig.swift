package import Kubernetes

/// The files in which kubectl looks up clusters, as one.
///
/// Only their outline is read here; ``access(context:environment:)`` reads the entries that one context uses, so that
/// mistakes in the others stop nobody.
package struct Kubeconfig: Sendable {
  /// A context, cluster or user.
  struct Entry: Sendable {
    let name: String
    /// The name as it is written.
    let location: SourceLocation
    /// The member of the list, with name and content.
    let node: Node
    /// Relative paths in it start here.
    let folder: String
    /// Later entries of the same file with the same name.
    var repetitions: [SourceLocation] = []
  }

  /// The three lists of a file.
  enum List: String, CaseIterable, Sendable {
    case contexts, clusters, users

    /// `context`: what an element is, and where its content stands.
    var element: String { String(rawValue.dropLast()) }
  }

  /// The files that were read, in the order in which they count.
  package private(set) var files: [String] = []
  /// The files that were looked for and do not exist.
  package private(set) var missing: [String] = []
  /// The context that is meant when none is named.
  package private(set) var currentContext: Located<String>?

  private var entries: [List: [String: Entry]] = [:]
  /// Elements of a list that nobody can name.
  private(set) var nameless: [Diagnostic] = []
  /// Keys that stand twice in a mapping.
  private(set) var duplicateKeys: [Diagnostic] = []

  /// The names of all contexts, sorted.
  package var contextNames: [String] { names(.contexts) }

  /// Whether no file says anything about clusters.
  package var isEmpty: Bool { entries.values.allSatisfy(\.isEmpty) && currentContext == nil }

  func names(_ list: List) -> [String] { (entries[list] ?? [:]).keys.sorted() }

  func entry(_ list: List, _ name: String) -> Entry? { entries[list]?[name] }
}

extension Kubeconfig: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The names of the files. What is in them has passwords, and is not printed.
  package var description: String { files.joined(separator: ":") }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

extension Kubeconfig {
  /// Reads what kubectl would: the file that is named, which must exist; else the files of `KUBECONFIG`, separated by `:`;
  /// else `~/.kube/config`. Of several files the first that has an entry of some name counts, whole, and the first that has
  /// a `current-context`. Files that do not exist are skipped.
  ///
  /// - Throws: every problem of the outline: files that cannot be read or are no kubeconfig.
  package static func read(path: String? = nil, environment: EnvironmentVariables = .process)
    throws(AccessError) -> Kubeconfig
  {
    var kubeconfig = Kubeconfig()
    var problems: [Diagnostic] = []
    for file in path.map({ [$0] }) ?? paths(environment) {
      do throws(UnreadableInput) {
        // `-` is a file of that name here.
        let text = try ManifestText(contentsOf: file == "-" ? "./-" : file)
        kubeconfig.files.append(file)
        kubeconfig.add(text, &problems)
      } catch {
        if error.isMissing, path == nil {
          kubeconfig.missing.append(file)
        } else {
          problems.append(error.problem)
        }
      }
    }
    try problems.throwIfAny()
    return kubeconfig
  }

  /// The files of `KUBECONFIG`, each once, or the one in the home folder.
  private static func paths(_ environment: EnvironmentVariables) -> [String] {
    if let list = environment["KUBECONFIG"] {
      var seen: Set<String> = []
      return list.split(separator: ":").map(String.init).filter { seen.insert($0).inserted }
    }
    return environment["HOME"].map { ["\($0)/.kube/config"] } ?? []
  }

  private mutating func add(_ text: ManifestText, _ problems: inout [Diagnostic]) {
    let settings = SettingsText(text)
    duplicateKeys += settings.problems.filter { $0.code == .duplicateKey }
    problems += settings.problems.filter { $0.code != .duplicateKey }.map(Self.withoutContent)
    guard let root = settings.root, root.isMapping("kubeconfig", &problems) else { return }
    let keys = Set(root.members.map(\.key.location))
    problems += settings.problems.filter {
      $0.code == .duplicateKey && $0.location.map(keys.contains) ?? false
    }
    Self.checkKind(root, &problems)
    if currentContext == nil, let node = root["current-context"],
      let name = node.string("current-context", &problems), !name.isEmpty
    {
      currentContext = Located(name, at: node.location)
    }
    let folder = Self.folder(of: text.file.path)
    for list in List.allCases {
      var own: [String: Entry] = [:]
      for node in Self.member(list, of: root)?.list(list.rawValue, &problems) ?? [] {
        guard let name = name(of: node, list) else { continue }
        let entry = Entry(name: name.value, location: name.location, node: node, folder: folder)
        if own[name.value] == nil {
          own[name.value] = entry
        } else {
          own[name.value]?.repetitions.append(name.location)
        }
      }
      entries[list, default: [:]].merge(own) { first, _ in first }
    }
  }

  private static func member(_ list: List, of root: Node) -> Node? {
    switch list {
    case .contexts: root["contexts"]
    case .clusters: root["clusters"]
    case .users: root["users"]
    }
  }

  /// A problem of the YAML without what it quotes: a password that begins with `*` is an unknown anchor for YAML.
  private static func withoutContent(_ problem: Diagnostic) -> Diagnostic {
    var problem = problem
    if problem.code == .syntax, let quote = problem.message.firstIndex(of: "`"),
      problem.message.hasPrefix("not YAML: unknown anchor")
    {
      problem.message = problem.message[..<quote] + "in front of which there is a `*`"
      problem.fix = "quote the value"
    }
    return problem
  }

  private static func checkKind(_ root: Node, _ problems: inout [Diagnostic]) {
    if let node = root["kind"], let kind = node.string("kind", &problems), !kind.isEmpty, kind != "Config" {
      problems.reportInvalid(node, "this is \(node.excerpt), and no kubeconfig, which is a `Config`")
    }
    if let node = root["apiVersion"], let version = node.string("apiVersion", &problems), !version.isEmpty,
      version != "v1"
    {
      problems.reportInvalid(
        node, "a kubeconfig has the `apiVersion` v1, not \(node.excerpt)", fix: "write v1")
    }
  }

  private mutating func name(of node: Node, _ list: List) -> Located<String>? {
    var problems: [Diagnostic] = []
    let field = "\(list.rawValue)[]"
    var name: Located<String>?
    if node.isMapping(field, &problems) {
      if let written = node["name"], let text = written.string("\(field).name", &problems) {
        name = Located(text, at: written.location)
      } else if problems.isEmpty {
        problems.append(Diagnostic(.missingField, .error, "`\(field)` without `name`", at: node.location))
      }
    } else if problems.isEmpty {
      problems.reportWrongType(node, field, expected: "a mapping")
    }
    nameless += problems
    return name
  }

  /// The folder that a file is in; empty for the working folder.
  private static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
  }
}
