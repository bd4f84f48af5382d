internal import Kubernetes

extension Kubeconfig {
  /// What a context says.
  ///
  /// - Parameter context: its name; nil for the current one.
  /// - Throws: everything that is wrong with the context and with what it uses.
  package func access(context: String? = nil, environment: EnvironmentVariables = .process)
    throws(AccessError) -> ClusterAccess
  {
    let entry = try chosen(context)
    var problems: [Diagnostic] = []
    checkUniqueness(entry, .contexts, &problems)
    let path = "contexts[].context"
    let fields = EntryFields(entry.node["context"], path, folder: entry.folder, &problems)
    if entry.node["context"]?.isNull ?? true { reportMissing("context", of: entry, .contexts, &problems) }

    var access: ClusterAccess?
    var cluster: Entry?
    var user: Entry?
    if let fields {
      if let name = fields.text("cluster", &problems) {
        cluster = named(name, .clusters, &problems)
      } else if problems.isEmpty {
        reportMissing("cluster", of: entry, .contexts, &problems)
      }
      user = fields.text("user", &problems).flatMap { named($0, .users, &problems) }
    }
    if let cluster { access = self.cluster(cluster, named: entry.name, &problems) }
    if let user { read(user, of: cluster, into: &access, &problems) }
    if let namespace = fields?.text("namespace", &problems) {
      if let problem = NameRules.labelNameProblem(namespace.value) {
        problems.append(
          Diagnostic(
            .invalidValue, .error, "the namespace `\(namespace.value)` \(problem)", at: namespace.location))
      }
      access?.namespace = namespace.value
    }
    try problems.throwIfAny()
    guard var access else { throw AccessError(problems) }
    // kubectl authenticates itself over TLS only.
    if access.server.scheme == .http { access.credential = Credential() }
    if access.proxy == nil { access.proxy = try ProxyServer.named(by: environment, for: access.server) }
    return access
  }

  // MARK: - Names

  private func chosen(_ context: String?) throws(AccessError) -> Entry {
    let choices = contextNames.map { "`\($0)`" }.joined(separator: ", ")
    guard let name = context ?? currentContext?.value else {
      let looked =
        missing.isEmpty
        ? "" : ": \(missing.joined(separator: " and ")) \(missing.count == 1 ? "does" : "do") not exist"
      let problem =
        files.isEmpty
        ? Diagnostic(.noCluster, .error, "there is no kubeconfig" + looked, at: nil)
        : Diagnostic(
          .noCluster, .error,
          "\(files.joined(separator: " and ")) \(files.count == 1 ? "has" : "have") no `current-context`",
          at: nil, fix: choices.isEmpty ? nil : "choose one of the contexts \(choices)")
      throw AccessError(problem)
    }
    if let entry = entry(.contexts, name) { return entry }
    var problems: [Diagnostic] = []
    reportUnknown(name, at: context == nil ? currentContext?.location : nil, .contexts, &problems)
    throw AccessError(problems)
  }

  /// The entry that a context names.
  private func named(_ name: Located<String>, _ list: List, _ problems: inout [Diagnostic]) -> Entry? {
    guard let entry = entry(list, name.value) else {
      reportUnknown(name.value, at: name.location, list, &problems)
      return nil
    }
    checkUniqueness(entry, list, &problems)
    return entry
  }

  private func reportUnknown(
    _ name: String, at location: SourceLocation?, _ list: List, _ problems: inout [Diagnostic]
  ) {
    let names = names(list)
    let near = Suggestion.nearest(to: name, among: names).map { "did you mean `\($0)`?" }
    let all = names.isEmpty ? nil : "there are " + names.map { "`\($0)`" }.joined(separator: ", ")
    let looked = (files.isEmpty ? missing : files).joined(separator: " or ")
    problems.append(
      Diagnostic(
        .unknownName, .error,
        "there is no \(list.element) `\(name)` in \(looked.isEmpty ? "any kubeconfig" : looked)",
        at: location, fix: near ?? all))
    problems += nameless.filter { $0.message.contains("`\(list.rawValue)[]") }
  }

  /// Names and keys that stand twice in an entry that is used.
  private func checkUniqueness(_ entry: Entry, _ list: List, _ problems: inout [Diagnostic]) {
    for location in entry.repetitions {
      problems.append(
        Diagnostic(
          .duplicateObject, .error, "two \(list.rawValue) are called `\(entry.name)`", at: location,
          related: [.init(message: "the other one", location: entry.location)], fix: "remove one of them"))
    }
    if duplicateKeys.isEmpty { return }
    let keys = entry.node.keyLocations
    problems += duplicateKeys.filter { $0.location.map(keys.contains) ?? false }
  }

  private func reportMissing(
    _ field: String, of entry: Entry, _ list: List, _ problems: inout [Diagnostic]
  ) {
    problems.append(
      Diagnostic(
        .missingField, .error, "the \(list.element) `\(entry.name)` without `\(field)`", at: entry.location))
  }

  // MARK: - The cluster

  private func cluster(_ entry: Entry, named name: String, _ problems: inout [Diagnostic]) -> ClusterAccess? {
    guard
      let fields = EntryFields(
        entry.node["cluster"], "clusters[].cluster", folder: entry.folder, &problems)
    else {
      if entry.node["cluster"]?.isNull ?? true { reportMissing("server", of: entry, .clusters, &problems) }
      return nil
    }
    let trust = trust(fields, &problems)
    let proxy = Self.url("proxy-url", fields, &problems) { (text) throws(URLProblem) in try ProxyServer(text)
    }
    let tlsServerName = fields.text("tls-server-name", &problems)?.value
    let disablesCompression = fields.flag("disable-compression", &problems)?.value ?? false
    guard
      let server = Self.url("server", fields, &problems, { (text) throws(URLProblem) in try ServerURL(text) })
    else {
      if fields.node["server"].map({ $0.isNull || $0.hasText("") }) ?? true {
        reportMissing("server", of: entry, .clusters, &problems)
      }
      return nil
    }
    var access = ClusterAccess(name: name, server: server, trust: trust)
    access.tlsServerName = tlsServerName
    access.proxy = proxy
    access.allowsCompression = !disablesCompression
    return access
  }

  /// A field that has a URL.
  private static func url<URL>(
    _ name: StaticString, _ fields: EntryFields, _ problems: inout [Diagnostic],
    _ parse: (String) throws(URLProblem) -> URL
  ) -> URL? {
    guard let text = fields.secret(name, &problems) else { return nil }
    do throws(URLProblem) {
      return try parse(text.value.revealed)
    } catch {
      problems.append(
        Diagnostic(
          .invalidValue, .error, "`\(fields.path).\(name)` \(error.message)", at: text.location,
          fix: error.fix))
      return nil
    }
  }

  private func trust(_ fields: EntryFields, _ problems: inout [Diagnostic]) -> ServerTrust {
    let authority = fields.dataOrFile("certificate-authority-data", "certificate-authority", &problems)
    let skips = fields.flag("insecure-skip-tls-verify", &problems)
    if let skips, skips.value, authority != nil {
      problems.append(
        Diagnostic(
          .invalidValue, .error,
          "`insecure-skip-tls-verify` trusts every server, and a `certificate-authority` is set too",
          at: skips.location, fix: "remove `insecure-skip-tls-verify`"))
    }
    let certificates: Certificates?
    switch authority {
    case nil: return skips?.value == true ? .anyone : .system
    case .written(let pem, let location):
      certificates = PEMText.parse(
        pem.revealed, "`certificate-authority-data`", location, &problems
      ) { (pem) throws(PEMProblem) in try Certificates(pem: pem) }
    case .file(let path, let location):
      certificates = PEMText.parse(
        contentsOf: path, "certificate-authority", location, &problems
      ) { (pem) throws(PEMProblem) in try Certificates(pem: pem) }
    }
    return certificates.map { .authorities($0) } ?? .system
  }
}

extension Node {
  /// Where the keys of all mappings in this tree stand.
  fileprivate var keyLocations: Set<SourceLocation> {
    var locations: Set<SourceLocation> = []
    var rest = [self]
    while let node = rest.popLast() {
      rest += node.elements
      for (key, value) in node.members {
        locations.insert(key.location)
        rest.append(value)
      }
    }
    return locations
  }
}
