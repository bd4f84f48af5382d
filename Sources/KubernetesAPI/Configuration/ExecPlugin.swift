package import Kubernetes

/// A program that prints a credential (`exec` of a kubeconfig's user).
package struct ExecPlugin: Sendable {
  /// The version of `client.authentication.k8s.io` that is spoken with it.
  package enum Version: String, Sendable, CaseIterable {
    case v1 = "client.authentication.k8s.io/v1"
    case v1beta1 = "client.authentication.k8s.io/v1beta1"
  }

  /// Whether it may ask somebody at the terminal.
  package enum InteractiveMode: String, Sendable, CaseIterable {
    case never = "Never"
    case ifAvailable = "IfAvailable"
    /// It cannot do without.
    case always = "Always"
  }

  package var version: Version
  /// A path, or a name that is looked up in `PATH`.
  package var command: String
  /// Secret, as some programs get passwords so.
  package var arguments: Secret<[String]>
  /// Variables beside those of this process.
  package var environment: Secret<[(name: String, value: String)]>
  package var interactiveMode: InteractiveMode
  /// What to tell when there is no such program.
  package var installHint: String?
  /// The cluster in the words of `KUBERNETES_EXEC_INFO`, for `provideClusterInfo`.
  var clusterInfo: Secret<String>?
  /// Where it is written.
  package var location: SourceLocation
}

extension ExecPlugin {
  /// The value of `KUBERNETES_EXEC_INFO`.
  func info(isInteractive: Bool) -> String {
    let cluster = clusterInfo.map { "\"cluster\":\($0.revealed)," } ?? ""
    return """
      {"kind":"ExecCredential","apiVersion":"\(version.rawValue)","spec":{\(cluster)"interactive":\(isInteractive)}}
      """
  }

  /// A cluster in the words of `KUBERNETES_EXEC_INFO`.
  ///
  /// - Parameter configuration: what the kubeconfig has for the plugin, as JSON.
  static func clusterInfo(of access: ClusterAccess, configuration: String?) -> Secret<String> {
    var members = [("server", JSONText.quoted(access.server.text))]
    if let name = access.tlsServerName { members.append(("tls-server-name", JSONText.quoted(name))) }
    switch access.trust {
    case .system: break
    case .anyone: members.append(("insecure-skip-tls-verify", "true"))
    case .authorities(let authorities):
      members.append(("certificate-authority-data", JSONText.quoted(Base64.encode(authorities.pem))))
    }
    if let proxy = access.proxy { members.append(("proxy-url", JSONText.quoted(proxy.url.revealed))) }
    if !access.allowsCompression { members.append(("disable-compression", "true")) }
    if let configuration { members.append(("config", configuration)) }
    return Secret("{" + members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}")
  }
}

extension Node {
  /// The tree as JSON on one line, plain scalars read as YAML 1.1.
  var json: String {
    switch content {
    case .sequence: "[" + elements.map(\.json).joined(separator: ",") + "]"
    case .mapping:
      "{" + members.map { JSONText.quoted($0.key.keyText) + ":" + $0.value.json }.joined(separator: ",") + "}"
    case .scalar:
      switch scalar {
      case .null: "null"
      case .bool(let value): value ? "true" : "false"
      case .integer(let value): String(value)
      case .float: Double(text).flatMap { $0.isFinite ? "\($0)" : nil } ?? JSONText.quoted(text)
      case .string: JSONText.quoted(text)
      }
    }
  }
}
