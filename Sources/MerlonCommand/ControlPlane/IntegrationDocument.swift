internal import Kubernetes
internal import KubernetesAPI
internal import SourceGroups

/// An integration as a file has it: all that is to be so, but for the token, which stays when the file names none.
struct IntegrationDocument {
  static let kind = "Integration"

  let name: String
  let server: String
  /// PEM certificates.
  let certificateAuthority: String?
  let tlsServerName: String?
  let token: Secret<String>?
  let location: SourceLocation

  private static let ownFields = [
    "apiVersion", "kind", "name", "server", "certificateAuthority", "certificateAuthorityFile",
    "tlsServerName",
    "tokenFile",
  ]
  /// What the server adds to its answers: `merlon get integrations NAME -o yaml` can be applied.
  private static let answeredFields = ["tokenConfigured", "generation", "createdAt", "updatedAt", "phase"]

  /// - Parameter path: of the document; files that it names are beside it.
  static func read(_ root: Node, in path: String, _ problems: inout [Diagnostic]) -> IntegrationDocument? {
    let before = problems.count
    guard root.isMapping("the document", &problems) else { return nil }
    let fields = StrictFields(
      root, type: kind, known: ownFields + answeredFields,
      elsewhere: ["token": "secrets do not stand in documents; write `tokenFile`"], &problems)
    if fields["apiVersion"]?.text != SourceGroupPolicy.apiVersion {
      problems.reportInvalid(
        fields["apiVersion"] ?? root, "an integration is of apiVersion \(SourceGroupPolicy.apiVersion)")
    }
    func required(_ field: String, fix: String) -> String? {
      guard let node = fields[field] else {
        problems.append(
          Diagnostic(.missingField, .error, "`\(field)` of \(kind) is missing", at: root.location, fix: fix))
        return nil
      }
      return node.string(field, &problems)
    }
    let name = required("name", fix: "name it as sources do: name: prod")
    let server = required("server", fix: "write the URL of the API server: server: https://…")
    if let name, let node = fields["name"], let problem = NameRules.labelNameProblem(name) {
      problems.reportInvalid(node, "`name` \(problem)")
    }
    var authority = fields["certificateAuthority"]?.string("certificateAuthority", &problems)
    if let node = fields["certificateAuthorityFile"] {
      if authority != nil {
        problems.reportInvalid(
          node, "`certificateAuthority` and `certificateAuthorityFile` exclude each other",
          fix: "remove one of them")
      }
      authority = text(ofFileIn: node, "certificateAuthorityFile", beside: path, &problems)
    }
    let tlsServerName = fields["tlsServerName"]?.string("tlsServerName", &problems)
    let token = fields["tokenFile"].flatMap { Self.token($0, beside: path, &problems) }
    guard let name, let server, problems.count == before else { return nil }
    return IntegrationDocument(
      name: name, server: server, certificateAuthority: authority, tlsServerName: tlsServerName, token: token,
      location: root.location)
  }

  private static func text(
    ofFileIn node: Node, _ field: String, beside path: String, _ problems: inout [Diagnostic]
  ) -> String? {
    guard let name = node.string(field, &problems) else { return nil }
    do throws(UnreadableInput) {
      return String(decoding: try ManifestText(contentsOf: place(name, beside: path)).bytes, as: UTF8.self)
    } catch {
      problems.append(
        Diagnostic(.unreadable, .error, "`\(field)`: \(error.problem.message)", at: node.location))
      return nil
    }
  }

  private static func token(
    _ node: Node, beside path: String, _ problems: inout [Diagnostic]
  ) -> Secret<String>? {
    guard let name = node.string("tokenFile", &problems) else { return nil }
    do throws(AccessError) {
      return try TokenFile(path: place(name, beside: path), location: node.location).read()
    } catch {
      problems += error.problems
      return nil
    }
  }

  /// Names in a file are relative to its folder, those of standard input to where the command runs.
  private static func place(_ name: String, beside path: String) -> String {
    guard !name.hasPrefix("/"), path != "-", let slash = path.lastIndex(of: "/") else { return name }
    return path[...slash] + name
  }
}

extension IntegrationDocument {
  /// What a new integration is made of.
  var created: DataValue {
    .members(
      ("name", .string(name)), ("server", .string(server)),
      ("certificateAuthority", certificateAuthority.map { .string($0) }),
      ("tlsServerName", tlsServerName.map { .string($0) }), ("token", token.map { .string($0.revealed) }))
  }

  /// What makes another one this: what the file does not have goes.
  var patch: String {
    // Data for people has no null.
    func written(_ key: String, _ value: String?) -> String {
      JSONText.quoted(key) + ":" + (value.map { JSONText.quoted($0) } ?? "null")
    }
    let fields =
      [
        written("server", server), written("certificateAuthority", certificateAuthority),
        written("tlsServerName", tlsServerName),
      ] + (token.map { [written("token", $0.revealed)] } ?? [])
    return "{" + fields.joined(separator: ",") + "}"
  }

  /// Fields in which another one differs, as far as anybody can see.
  func differences(from current: Node) -> [String] {
    let pairs: [(field: String, wanted: String?, known: String?)] = [
      ("server", server, current["server"]?.text),
      ("certificateAuthority", certificateAuthority, current["certificateAuthority"]?.text),
      ("tlsServerName", tlsServerName, current["tlsServerName"]?.text),
    ]
    return pairs.filter { $0.wanted != $0.known }.map(\.field)
      + (token != nil && !current.isTrue("tokenConfigured") ? ["token"] : [])
  }
}
