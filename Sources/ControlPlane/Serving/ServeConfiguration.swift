package import Kubernetes

/// What a control plane is told when it starts.
package struct ServeConfiguration: Sendable {
  package enum LogFormat: String, Sendable, CaseIterable {
    case text
    case json
  }

  package enum LogLevel: String, Sendable, CaseIterable {
    case debug
    case info
    case notice
    case warning
    case error
  }

  /// A cluster that is followed beside those that are stored, with the credential that a kubeconfig has for it.
  package struct Context: Sendable, Equatable {
    /// What sources call it.
    package let integration: String
    /// Its context in the kubeconfig.
    package let context: String

    package init(integration: String, context: String) {
      self.integration = integration
      self.context = context
    }
  }

  package var host = "127.0.0.1"
  package var port = 8787
  /// Files of PEM; nil for plain HTTP, which is for loopback alone.
  package var certificateFile: String?
  package var keyFile: String?
  package var dataFile = "merlon.db"
  /// Nil for a file beside ``dataFile``.
  package var sealingKeyFile: String?
  package var sealingKey: SecretText?
  /// The key from before: what it has sealed is sealed anew when the server starts.
  package var previousSealingKeyFile: String?
  /// A policy that is put when the server starts, and when its files are read anew.
  package var policyFile: String?
  package var kubeconfig: String?
  package var contexts: [Context] = []
  /// What sources call the cluster that the server itself runs in; nil when it is not followed.
  package var inCluster: String?
  package var logLevel = LogLevel.info
  package var logFormat = LogFormat.text

  package init() {}

  /// Where the key is that secrets are sealed with.
  package var effectiveSealingKeyFile: String { sealingKeyFile ?? dataFile + ".key" }
}

/// A setting, by its name in files: `listen.port`. In the environment it is `MERLON_LISTEN_PORT`.
enum ServeSetting: String, CaseIterable {
  case host = "listen.host"
  case port = "listen.port"
  case certificateFile = "tls.certificateFile"
  case keyFile = "tls.keyFile"
  case dataFile
  case sealingKeyFile = "sealing.keyFile"
  case sealingKey = "sealing.key"
  case previousSealingKeyFile = "sealing.previousKeyFile"
  case policyFile
  case kubeconfig = "kubernetes.kubeconfig"
  case contexts = "kubernetes.contexts"
  case inCluster = "kubernetes.inCluster"
  case logLevel = "log.level"
  case logFormat = "log.format"

  /// Its name in the environment: `MERLON_TLS_CERTIFICATE_FILE`.
  var variable: String {
    rawValue.reduce(into: "MERLON_") { name, character in
      if character == "." { return name.append("_") }
      if character.isUppercase { name.append("_") }
      name += character.uppercased()
    }
  }

  /// Whether it may be in the environment and in no file.
  var isSecret: Bool { self == .sealingKey }
}

extension ServeConfiguration {
  /// As a file that says the same, with secrets masked.
  package var data: DataValue {
    .members(
      ("listen", .members(("host", .string(host)), ("port", .integer(port)))),
      (
        "tls",
        certificateFile.map { certificate in
          .members(("certificateFile", .string(certificate)), ("keyFile", keyFile.map { .string($0) }))
        }
      ),
      ("dataFile", .string(dataFile)),
      (
        "sealing",
        .members(
          ("keyFile", sealingKey == nil ? .string(effectiveSealingKeyFile) : nil),
          ("key", sealingKey.map { .string("\($0)") }),
          ("previousKeyFile", previousSealingKeyFile.map { .string($0) }))
      ),
      ("policyFile", policyFile.map { .string($0) }),
      (
        "kubernetes",
        .members(
          ("kubeconfig", kubeconfig.map { .string($0) }),
          ("contexts", .list(contexts.map { .string("\($0.integration)=\($0.context)") })),
          ("inCluster", inCluster.map { .string($0) }))
      ),
      ("log", .members(("level", .string(logLevel.rawValue)), ("format", .string(logFormat.rawValue)))))
  }
}
