internal import Kubernetes
internal import SourceGroups

/// A document that `merlon apply` takes.
enum AppliedDocument {
  case policy(PolicyDocument)
  case integration(IntegrationDocument)
}

/// A policy, with the text that is sent: what its author wrote.
struct PolicyDocument {
  let policy: SourceGroupPolicy
  let text: String
  private let file: SourceFile
  private let firstLine: Int

  init(_ policy: SourceGroupPolicy, _ document: SettingsDocument) {
    self.policy = policy
    text = document.text
    file = policy.location.file
    firstLine = document.firstLine
  }

  /// Where in the file a position of the server is, `policy:12:5`; nil for one in another text.
  func place(_ position: String) -> SourceLocation? {
    let parts = position.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0] == "policy", let line = UInt32(parts[1]), let column = UInt32(parts[2])
    else { return nil }
    return SourceLocation(file: file, line: line + UInt32(firstLine), column: column)
  }
}

extension AppliedDocument {
  /// Reads the documents of files, and reports everything that is wrong with any of them.
  static func read(_ paths: [String], _ problems: inout [Diagnostic]) -> [AppliedDocument] {
    var documents: [AppliedDocument] = []
    for path in paths {
      do throws(UnreadableInput) {
        let text = try ManifestText(contentsOf: path)
        let found = SettingsText.documents(of: text)
        if found.isEmpty {
          problems.append(Diagnostic(.unreadable, .error, "\(text.file.path) has no document", at: nil))
        }
        documents += found.compactMap { read($0, in: path, &problems) }
      } catch {
        problems.append(error.problem)
      }
    }
    reportRepetitions(documents, &problems)
    return documents
  }

  private static func read(
    _ document: SettingsDocument, in path: String, _ problems: inout [Diagnostic]
  ) -> AppliedDocument? {
    guard let root = document.settings.root, document.settings.problems.isEmpty else {
      problems += document.settings.problems
      return nil
    }
    switch root["kind"]?.text {
    case IntegrationDocument.kind:
      return IntegrationDocument.read(root, in: path, &problems).map { .integration($0) }
    case SourceGroupPolicy.kind:
      let reading = SourceGroupPolicy.read(document.settings)
      // Findings come from the server, which knows more.
      problems += reading.diagnostics.filter { $0.severity == .error }
      return reading.policy.map { .policy(PolicyDocument($0, document)) }
    case let kind:
      let kinds = [SourceGroupPolicy.kind, IntegrationDocument.kind]
      let isNeuwerk = root["source_groups"] != nil
      problems.append(
        Diagnostic(
          .invalidValue, .error,
          "a document is of kind \(kinds.joined(separator: " or "))" + (kind.map { ", not `\($0)`" } ?? ""),
          at: (root["kind"] ?? root).location,
          fix: isNeuwerk
            ? "this is a document of Neuwerk: `merlon convert` writes it as a \(SourceGroupPolicy.kind)"
            : kind.flatMap { Suggestion.nearest(to: $0, among: kinds) }.map { "did you mean `\($0)`?" }))
      return nil
    }
  }

  /// One policy counts, and each integration is one thing.
  private static func reportRepetitions(_ documents: [AppliedDocument], _ problems: inout [Diagnostic]) {
    var policy: SourceLocation?
    var names: [String: SourceLocation] = [:]
    for document in documents {
      let (first, location): (SourceLocation?, SourceLocation)
      let message: String
      switch document {
      case .policy(let document):
        (first, location) = (policy, document.policy.location)
        message = "there are two policies, and one can count"
        policy = policy ?? location
      case .integration(let document):
        (first, location) = (names[document.name], document.location)
        message = "there are two integrations `\(document.name)`"
        names[document.name] = first ?? location
      }
      if let first {
        problems.append(
          Diagnostic(
            .duplicateObject, .error, message, at: location,
            related: [.init(message: "the other one", location: first)]))
      }
    }
  }
}
