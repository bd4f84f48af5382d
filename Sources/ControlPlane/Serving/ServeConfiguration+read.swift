internal import Configuration
package import Kubernetes
package import KubernetesAPI

/// Why a control plane does not start, all of it.
package struct ServeError: Error, Sendable {
  package let problems: [Diagnostic]

  package init(_ problems: [Diagnostic]) { self.problems = problems }

  init(_ message: String, fix: String? = nil) {
    problems = [Diagnostic(.unreadable, .error, message, at: nil, fix: fix)]
  }

  init(_ error: StoreError) { self.init(error.message, fix: error.fix) }
}

extension ServeConfiguration {
  /// Puts a configuration together: flags count before the environment, and that before a file.
  ///
  /// - Parameters:
  ///   - flags: texts by the names that settings have in files.
  ///   - environment: see ``ServeSetting/variable``.
  ///   - file: YAML or JSON.
  /// - Throws: everything that is wrong.
  package init(
    flags: [String: [String]], environment: EnvironmentVariables, file: ManifestText?
  ) throws(ServeError) {
    self.init()
    var problems: [Diagnostic] = []
    var written: [String: [String]] = [:]
    if let file { written = Self.settings(in: file, &problems) }
    let variables = ServeSetting.allCases.map { $0.variable }
    let own = Dictionary(variables.compactMap { name in environment[name].map { (name, $0) } }) { first, _ in
      first
    }
    let reader = ConfigReader(providers: [
      InMemoryProvider(name: "flags", values: Self.values(flags)),
      EnvironmentVariablesProvider(environmentVariables: own),
      InMemoryProvider(name: "file", values: Self.values(written)),
    ])
    func text(_ setting: ServeSetting) -> String? {
      reader.string(forKey: ConfigKey("merlon." + setting.rawValue), isSecret: setting.isSecret)
    }
    func choice<Choice: RawRepresentable<String> & CaseIterable>(
      _ setting: ServeSetting, _ current: Choice
    ) -> Choice {
      guard let text = text(setting) else { return current }
      if let choice = Choice(rawValue: text) { return choice }
      let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      problems.append(
        Diagnostic(.invalidValue, .error, "\(setting.rawValue): `\(text)` is none of \(known)", at: nil))
      return current
    }
    host = text(.host) ?? host
    if let text = text(.port) {
      if let number = Int(text), (0...65535).contains(number) {
        port = number
      } else {
        problems.append(Diagnostic(.invalidValue, .error, "listen.port: `\(text)` is no port", at: nil))
      }
    }
    certificateFile = text(.certificateFile)
    keyFile = text(.keyFile)
    dataFile = text(.dataFile) ?? dataFile
    sealingKeyFile = text(.sealingKeyFile)
    sealingKey = text(.sealingKey).map { SecretText($0) }
    previousSealingKeyFile = text(.previousSealingKeyFile)
    policyFile = text(.policyFile)
    kubeconfig = text(.kubeconfig)
    let names = reader.stringArray(forKey: ConfigKey("merlon." + ServeSetting.contexts.rawValue)) ?? []
    contexts = names.map { Self.context($0) }
    inCluster = text(.inCluster)
    logLevel = choice(.logLevel, logLevel)
    logFormat = choice(.logFormat, logFormat)
    problems += conflicts
    if problems.contains(where: { $0.severity == .error }) { throw ServeError(problems) }
  }

  /// `NAME=CONTEXT`, or a context that is a name.
  private static func context(_ text: String) -> Context {
    let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
    return parts.count == 2
      ? Context(integration: parts[0], context: parts[1]) : Context(integration: text, context: text)
  }

  /// What does not go together.
  private var conflicts: [Diagnostic] {
    var problems: [Diagnostic] = []
    func report(_ message: String, _ fix: String) {
      problems.append(Diagnostic(.invalidValue, .error, message, at: nil, fix: fix))
    }
    if (certificateFile == nil) != (keyFile == nil) {
      report("tls: a certificate needs its key, and a key its certificate", "name both files")
    }
    let isLoopback =
      IPAddress(host).map { $0.description.hasPrefix("127.") || $0.description == "::1" }
      ?? (host == "localhost")
    if certificateFile == nil, !isLoopback {
      report(
        "listen.host: without TLS the server listens on loopback alone, and \(host) is none",
        "name tls.certificateFile and tls.keyFile")
    }
    let integrations = contexts.map(\.integration) + [inCluster].compactMap(\.self)
    for name in integrations {
      if let problem = NameRules.labelNameProblem(name) {
        report("kubernetes: the name `\(name)` of an integration \(problem)", "write NAME=CONTEXT")
      }
    }
    for (index, name) in integrations.enumerated() where integrations[..<index].contains(name) {
      report("kubernetes: two clusters are called `\(name)`", "write NAME=CONTEXT with different names")
    }
    return problems
  }

  private static func values(_ settings: [String: [String]]) -> [AbsoluteConfigKey: ConfigValue] {
    var values: [AbsoluteConfigKey: ConfigValue] = [:]
    for (name, texts) in settings {
      let key = AbsoluteConfigKey(ConfigKey("merlon." + name))
      let isList = name == ServeSetting.contexts.rawValue
      values[key] = ConfigValue(isList ? .stringArray(texts) : .string(texts.last ?? ""), isSecret: false)
    }
    return values
  }

  /// The settings of a file, by name.
  private static func settings(in file: ManifestText, _ problems: inout [Diagnostic]) -> [String: [String]] {
    let text = SettingsText(file)
    problems += text.problems
    guard let root = text.root else { return [:] }
    var settings: [String: [String]] = [:]
    read(root, prefix: "", &settings, &problems)
    return settings
  }

  private static func read(
    _ node: Node, prefix: String, _ settings: inout [String: [String]], _ problems: inout [Diagnostic]
  ) {
    guard node.isMapping(prefix.isEmpty ? "the file" : prefix, &problems) else { return }
    for (key, value) in node.members {
      let name = prefix.isEmpty ? key.text : "\(prefix).\(key.text)"
      if let setting = ServeSetting(rawValue: name) {
        if setting.isSecret {
          problems.append(
            Diagnostic(
              .invalidValue, .error, "`\(name)` is a secret, and a file of settings is none",
              at: key.location,
              fix: "name sealing.keyFile, or set MERLON_SEALING_KEY"))
        }
        settings[name] = value.content == .sequence ? value.elements.map(\.text) : [value.text]
      } else if ServeSetting.allCases.contains(where: { $0.rawValue.hasPrefix(name + ".") }) {
        read(value, prefix: name, &settings, &problems)
      } else {
        let nearest = Suggestion.nearest(to: name, among: ServeSetting.allCases.map(\.rawValue))
        problems.append(
          Diagnostic(
            .unknownField, .error, "`\(name)` is no setting", at: key.location,
            fix: nearest.map { "did you mean `\($0)`?" }))
      }
    }
  }
}
