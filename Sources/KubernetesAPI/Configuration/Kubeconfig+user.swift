internal import Kubernetes

extension Kubeconfig {
  /// Reads a user: who the client is, and whom it pretends to be.
  ///
  /// - Parameters:
  ///   - cluster: what the plugin of the user may be told about.
  ///   - access: nil when the cluster has problems; the user's are reported all the same.
  func read(
    _ entry: Entry, of cluster: Entry?, into access: inout ClusterAccess?, _ problems: inout [Diagnostic]
  ) {
    guard let fields = EntryFields(entry.node["user"], "users[].user", folder: entry.folder, &problems) else {
      return
    }
    Self.rejectAuthProvider(fields, &problems)
    let impersonation = Self.impersonation(fields, &problems)
    var credential = Credential()
    credential.certificate = Self.certificate(fields, &problems)
    if let certificate = credential.certificate {
      do throws(AccessError) { _ = try certificate.read() } catch { problems += error.problems }
    }
    credential.identity = Self.identity(fields, &problems)
    if let node = fields.node["exec"], !node.isNull {
      let clusterFields = cluster.flatMap { $0.node["cluster"] }
      let plugin = ExecPlugin(node, of: access, clusterFields, folder: entry.folder, &problems)
      // What is written counts before what a plugin would say.
      if case .none = credential.identity, credential.certificate == nil, let plugin {
        credential.identity = .exec(plugin)
      }
    }
    access?.credential = credential
    access?.impersonation = impersonation
  }

  /// What `auth-provider` did is done by plugins since Kubernetes 1.26.
  private static func rejectAuthProvider(_ fields: EntryFields, _ problems: inout [Diagnostic]) {
    guard let node = fields.node["auth-provider"], !node.isNull else { return }
    let plugin =
      switch node["name"]?.text {
      case "gcp": "gke-gcloud-auth-plugin"
      case "azure": "kubelogin"
      case "oidc": "kubectl oidc-login"
      default: "the credential plugin of your provider"
      }
    problems.append(
      Diagnostic(
        .invalidValue, .error, "`\(fields.path).auth-provider` is not supported", at: node.location,
        fix: "use `exec` with \(plugin)"))
  }

  private static func certificate(_ fields: EntryFields, _ problems: inout [Diagnostic])
    -> ClientCertificateOrigin?
  {
    let before = problems.count
    let chain = fields.dataOrFile("client-certificate-data", "client-certificate", &problems)
    let key = fields.dataOrFile("client-key-data", "client-key", &problems)
    guard problems.count == before, let chain else { return nil }
    guard let key else {
      problems.append(
        Diagnostic(
          .missingField, .error, "`\(fields.path)` has a client certificate and no `client-key`",
          at: fields.node.location))
      return nil
    }
    return ClientCertificateOrigin(chain: chain, key: key)
  }

  private static func identity(_ fields: EntryFields, _ problems: inout [Diagnostic]) -> Credential.Identity {
    let token = fields.secret("token", &problems)
    let tokenFile = fields.file("tokenFile", &problems)
    let user = fields.secret("username", &problems)
    let password = fields.secret("password", &problems)
    if let token, let problem = Credential.tokenProblem(token.value.revealed) {
      problems.append(
        Diagnostic(.invalidValue, .error, "`\(fields.path).token` \(problem)", at: token.location))
    }
    if let basic = user ?? password {
      if token != nil || tokenFile != nil {
        problems.append(
          Diagnostic(
            .invalidValue, .error,
            "`\(fields.path)` has \(token == nil ? "`tokenFile`" : "`token`") and `\(user == nil ? "password" : "username")`, and one way to authenticate is allowed",
            at: basic.location, fix: "remove one of them"))
      }
      return .basic(user: user?.value.revealed ?? "", password: password?.value ?? Secret(""))
    }
    if let tokenFile {
      return .tokenFile(
        TokenFile(path: tokenFile.value, location: tokenFile.location, fallback: token?.value))
    }
    return token.map { .token($0.value) } ?? .none
  }

  // MARK: - Impersonation

  private static func impersonation(_ fields: EntryFields, _ problems: inout [Diagnostic]) -> Impersonation? {
    let user = fields.text("as", &problems)
    let uid = fields.text("as-uid", &problems)
    let groups = fields.texts("as-groups", &problems)
    let extra = extra(fields, &problems)
    for text in [user, uid].compactMap({ $0 }) + groups + extra.flatMap(\.values) {
      if text.value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
        problems.append(
          Diagnostic(
            .invalidValue, .error, "`\(fields.path)` has line breaks in what goes into headers",
            at: text.location))
      }
    }
    guard let user else {
      if uid != nil || !groups.isEmpty || !extra.isEmpty {
        problems.append(
          Diagnostic(
            .missingField, .error,
            "`\(fields.path)` has `as-uid`, `as-groups` or `as-user-extra` without `as`, the user they are about",
            at: (uid ?? groups.first ?? extra.first?.values.first)?.location ?? fields.node.location))
      }
      return nil
    }
    var impersonation = Impersonation(user: user.value)
    impersonation.uid = uid?.value
    impersonation.groups = groups.map(\.value)
    impersonation.extra = extra.map { ($0.key, $0.values.map(\.value)) }
    return impersonation
  }

  private static func extra(_ fields: EntryFields, _ problems: inout [Diagnostic])
    -> [(key: String, values: [Located<String>])]
  {
    let field = "\(fields.path).as-user-extra"
    guard let node = fields.node["as-user-extra"], node.isMapping(field, &problems) else { return [] }
    return node.members.map { key, list in
      let name = key.keyText
      let values = (list.list("\(field).\(name)", &problems) ?? []).compactMap { value in
        value.string("\(field).\(name)[]", &problems).map { Located($0, at: value.location) }
      }
      return (name, values)
    }
  }
}

extension ExecPlugin {
  /// Reads `exec` of a user.
  ///
  /// - Parameters:
  ///   - cluster: the content of the cluster that the context names.
  ///   - folder: where relative paths start.
  init?(
    _ node: Node, of access: ClusterAccess?, _ cluster: Node?, folder: String, _ problems: inout [Diagnostic]
  ) {
    let before = problems.count
    let path = "users[].user.exec"
    guard let fields = EntryFields(node, path, folder: folder, &problems) else { return nil }
    let version = Self.version(fields, &problems)
    let command = fields.text("command", &problems)
    if command == nil {
      problems.append(Diagnostic(.missingField, .error, "`\(path)` without `command`", at: node.location))
    }
    let mode = Self.interactiveMode(fields, version, &problems)
    let arguments = (node["args"]?.list("\(path).args", &problems) ?? []).map { element in
      EntryFields.secret(element, "\(path).args[]", &problems)?.value.revealed ?? ""
    }
    let variables = (node["env"]?.list("\(path).env", &problems) ?? []).compactMap { element in
      Self.variable(element, "\(path).env[]", folder: folder, &problems)
    }
    let hint = fields.text("installHint", &problems)?.value
    let providesCluster = fields.flag("provideClusterInfo", &problems)?.value ?? false
    guard problems.count == before, let version, let command, let mode else { return nil }
    self.init(
      version: version,
      command: command.value.contains("/") ? fields.resolved(command.value) : command.value,
      arguments: Secret(arguments), environment: Secret(variables), interactiveMode: mode,
      installHint: hint.map(Self.printable), clusterInfo: nil, location: node.location)
    if providesCluster, let access {
      clusterInfo = Self.clusterInfo(of: access, configuration: Self.configuration(cluster))
    }
  }

  private static func version(_ fields: EntryFields, _ problems: inout [Diagnostic]) -> Version? {
    let known = Version.allCases.map(\.rawValue).joined(separator: " or ")
    guard let text = fields.text("apiVersion", &problems) else {
      problems.append(
        Diagnostic(
          .missingField, .error, "`\(fields.path)` without `apiVersion`, which is \(known)",
          at: fields.node.location))
      return nil
    }
    guard let version = Version(rawValue: text.value) else {
      let isOld = text.value == "client.authentication.k8s.io/v1alpha1"
      problems.append(
        Diagnostic(
          .invalidValue, .error, "`\(fields.path).apiVersion` must be \(known), not `\(text.value)`",
          at: text.location, fix: isOld ? "update the plugin, and write client.authentication.k8s.io/v1" : nil
        ))
      return nil
    }
    return version
  }

  /// v1 wants the mode to be written, v1beta1 takes `IfAvailable`.
  private static func interactiveMode(
    _ fields: EntryFields, _ version: Version?, _ problems: inout [Diagnostic]
  ) -> InteractiveMode? {
    let known = InteractiveMode.allCases.map(\.rawValue).joined(separator: ", ")
    guard let text = fields.text("interactiveMode", &problems) else {
      if version == .v1 {
        problems.append(
          Diagnostic(
            .missingField, .error, "`\(fields.path)` without `interactiveMode`, which is one of \(known)",
            at: fields.node.location))
      }
      return .ifAvailable
    }
    guard let mode = InteractiveMode(rawValue: text.value) else {
      problems.append(
        Diagnostic(
          .invalidValue, .error,
          "`\(fields.path).interactiveMode` must be one of \(known), not `\(text.value)`",
          at: text.location))
      return nil
    }
    return mode
  }

  private static func variable(
    _ node: Node, _ path: String, folder: String, _ problems: inout [Diagnostic]
  ) -> (name: String, value: String)? {
    guard let fields = EntryFields(node, path, folder: folder, &problems) else { return nil }
    guard let name = fields.text("name", &problems)?.value else {
      problems.append(Diagnostic(.missingField, .error, "`\(path)` without `name`", at: node.location))
      return nil
    }
    return (name, fields.secret("value", &problems)?.value.revealed ?? "")
  }

  /// What a cluster's extension has for the plugin.
  private static func configuration(_ cluster: Node?) -> String? {
    let extensions = cluster?["extensions"]?.elements ?? []
    let own = extensions.first { $0["name"]?.hasText("client.authentication.k8s.io/exec") ?? false }
    return own?["extension"].flatMap { $0.isNull ? nil : $0.json }
  }

  /// A text of the file as a terminal may show it: control characters are left out, except for line breaks and tabs.
  static func printable(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.filter { scalar in
          switch scalar.properties.generalCategory {
          case .control: scalar == "\n" || scalar == "\t"
          case .format, .surrogate, .privateUse, .unassigned: false
          default: true
          }
        }))
  }
}
