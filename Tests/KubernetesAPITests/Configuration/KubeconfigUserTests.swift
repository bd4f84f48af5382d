import Kubernetes
import Testing

@testable import KubernetesAPI

@Suite("Users of a kubeconfig")
struct KubeconfigUserTests {
  private static let pair =
    "client-certificate-data: \(TestPEM.certificateData), client-key-data: \(TestPEM.keyData)"

  private func folder(_ user: String) throws -> ConfigurationFolder {
    try ConfigurationFolder([
      "config": kubeconfig(user: user), "client.crt": TestPEM.certificate, "client.key": TestPEM.key,
    ])
  }

  private func access(_ user: String) throws -> Result<ClusterAccess, ConfigurationFolder.Problems> {
    try folder(user).access()
  }

  /// The identity in a word, with its secrets.
  private func identity(_ user: String) throws -> String {
    switch try access(user).get().credential.identity {
    case .none: "none"
    case .token(let token): "token \(token.revealed)"
    case .tokenFile(let file): "file, else \(file.fallback?.revealed ?? "nothing")"
    case .basic(let user, let password): "basic \(user):\(password.revealed)"
    case .exec(let plugin): "exec \(plugin.command)"
    }
  }

  @Test(
    "what is written counts before a plugin, and a token file before a token",
    arguments: [
      ("{}", "none"), ("", "none"), ("{token: t}", "token t"), ("{tokenFile: f}", "file, else nothing"),
      ("{token: t, tokenFile: f}", "file, else t"), ("{username: a, password: b}", "basic a:b"),
      ("{username: a}", "basic a:"), ("{token: t, exec: \(Self.exec())}", "token t"),
      ("{exec: \(Self.exec())}", "exec plugin"), ("{\(Self.pair), exec: \(Self.exec())}", "none"),
    ])
  func precedence(user: String, identity: String) throws {
    #expect(try self.identity(user) == identity)
  }

  @Test("a client certificate is shown beside a token")
  func certificateAndToken() throws {
    for user in [
      "{\(Self.pair), token: t}", "{client-certificate: client.crt, client-key: client.key, token: t}",
    ] {
      let folder = try folder(user)
      let certificate = try #require(try folder.access().get().credential.certificate?.read())
      #expect(certificate.chain.der == [[0x30, 3, 2, 1, 1]])
      #expect(certificate.key.pem.revealed == Array(TestPEM.key.utf8))
      #expect(try identity(user) == "token t")
    }
  }

  @Test(
    "what is wrong is said with its place, and never with a secret",
    arguments: [
      (
        "{token: 77777}", "9:20 wrong-type `users[].user.token` must be a string → quote it"
      ),
      (
        "{username: a, password: 77777}",
        "9:36 wrong-type `users[].user.password` must be a string → quote it"
      ),
      (
        "{token: \"77777\\n\"}",
        "9:20 invalid-value `users[].user.token` has line breaks or other characters that a header cannot have"
      ),
      (
        "{token: '77777', username: a}",
        "9:39 invalid-value `users[].user` has `token` and `username`, and one way to authenticate is allowed → remove one of them"
      ),
      (
        "{client-certificate: client.crt}",
        "9:12 missing-field `users[].user` has a client certificate and no `client-key`"
      ),
      (
        "{client-certificate: client.crt, client-key: none}",
        "9:57 unreadable `client-key`: cannot read ~/none: No such file or directory"
      ),
      (
        "{client-certificate: client.crt, client-key: client.crt}",
        "9:57 invalid-value ~/client.crt, the `client-key`, holds no PEM private key"
      ),
      (
        "{client-certificate: client.crt, \(Self.pair)}",
        "9:33 invalid-value `client-certificate` and `client-certificate-data` are both set → remove one of them"
      ),
      (
        "{client-certificate: client.crt, client-key: client.key, client-key-data: \(TestPEM.keyData)}",
        "9:57 invalid-value `client-key` and `client-key-data` are both set → remove one of them"
      ),
      (
        "{client-certificate: client.crt, client-key-data: '77777'}",
        "9:62 invalid-value `users[].user.client-key-data` is not base64"
      ),
      (
        "{auth-provider: {name: oidc}}",
        "9:28 invalid-value `users[].user.auth-provider` is not supported → use `exec` with kubectl oidc-login"
      ),
      (
        "{as-groups: [g]}",
        "9:25 missing-field `users[].user` has `as-uid`, `as-groups` or `as-user-extra` without `as`, the user they are about"
      ),
      ("{as: \"a\\nb\"}", "9:17 invalid-value `users[].user` has line breaks in what goes into headers"),
      ("7", "9:12 wrong-type `users[].user` must be a mapping, not the number `7`"),
    ])
  func problems(user: String, problem: String) throws {
    let found = try access(user).problems
    #expect(found == [problem])
    #expect(!found.joined().contains("77777"))
  }

  @Test("a client key without a certificate is not used, as with kubectl")
  func keyAlone() throws {
    #expect(try access("{client-key: none}").get().credential.certificate == nil)
  }

  @Test("impersonation becomes headers; bytes that a header's name cannot have are escaped in keys")
  func impersonation() throws {
    let access = try access(
      "{as: bob, as-uid: '5', as-groups: [g, h], as-user-extra: {'acme.com/a%c': [x, y z], b: []}}"
    ).get()
    #expect(
      access.impersonation?.headers.map { "\($0.name): \($0.value)" } == [
        "Impersonate-User: bob", "Impersonate-Uid: 5", "Impersonate-Group: g", "Impersonate-Group: h",
        "Impersonate-Extra-acme.com%2Fa%25c: x", "Impersonate-Extra-acme.com%2Fa%25c: y z",
      ])
  }

  // MARK: - Plugins

  private static func exec(
    version: String = "client.authentication.k8s.io/v1", _ more: String = "interactiveMode: Never"
  ) -> String {
    "{apiVersion: \(version), command: plugin, \(more)}"
  }

  private func plugin(_ exec: String) throws -> ExecPlugin? {
    guard case .exec(let plugin) = try access("{exec: \(exec)}").get().credential.identity else { return nil }
    return plugin
  }

  @Test("all fields of a plugin are read")
  func plugin() throws {
    let plugin = try #require(
      try plugin(
        Self.exec(
          "interactiveMode: Always, args: [get, ''], env: [{name: A, value: b}, {name: C}], installHint: \"get \\e[1mit\""
        )
      ))
    #expect(plugin.version == .v1)
    #expect(plugin.arguments.revealed == ["get", ""])
    #expect(plugin.environment.revealed.map { "\($0.name)=\($0.value)" } == ["A=b", "C="])
    #expect(plugin.interactiveMode == .always)
    #expect(plugin.installHint == "get [1mit")
    #expect(plugin.clusterInfo == nil)
    #expect(plugin.location.line == 9)
  }

  @Test("the mode must be written for v1, and is `IfAvailable` for v1beta1")
  func defaultMode() throws {
    let beta = Self.exec(version: "client.authentication.k8s.io/v1beta1", "args: []")
    #expect(try plugin(beta)?.interactiveMode == .ifAvailable)
    #expect(
      try access("{exec: \(Self.exec("args: []"))}").problems == [
        "9:19 missing-field `users[].user.exec` without `interactiveMode`, which is one of Never, IfAvailable, Always"
      ])
  }

  @Test("a command with a slash starts at the folder of the file, another one is looked up")
  func command() throws {
    let folder = try ConfigurationFolder([
      "config": kubeconfig(user: "{exec: \(Self.exec().replacing("plugin", with: "./bin/plugin"))}")
    ])
    guard case .exec(let plugin) = try folder.access().get().credential.identity else {
      Issue.record("no plugin")
      return
    }
    #expect(plugin.command == folder.root + "/./bin/plugin")
  }

  @Test(
    "what is wrong with a plugin is said with its place",
    arguments: [
      (
        "{interactiveMode: Never}",
        [
          "9:19 missing-field `users[].user.exec` without `apiVersion`, which is client.authentication.k8s.io/v1 or client.authentication.k8s.io/v1beta1",
          "9:19 missing-field `users[].user.exec` without `command`",
        ]
      ),
      (
        Self.exec(version: "client.authentication.k8s.io/v1alpha1"),
        [
          "9:32 invalid-value `users[].user.exec.apiVersion` must be client.authentication.k8s.io/v1 or client.authentication.k8s.io/v1beta1, not `client.authentication.k8s.io/v1alpha1` → update the plugin, and write client.authentication.k8s.io/v1"
        ]
      ),
      (
        Self.exec("interactiveMode: never"),
        [
          "9:99 invalid-value `users[].user.exec.interactiveMode` must be one of Never, IfAvailable, Always, not `never`"
        ]
      ),
      (
        Self.exec("interactiveMode: Never, args: [77777], env: [{value: x}, {name: A, value: 77777}]"),
        [
          "9:113 wrong-type `users[].user.exec.args[]` must be a string → quote it",
          "9:127 missing-field `users[].user.exec.env[]` without `name`",
          "9:156 wrong-type `users[].user.exec.env[].value` must be a string → quote it",
        ]
      ),
    ])
  func pluginProblems(exec: String, problems: [String]) throws {
    #expect(try access("{exec: \(exec)}").problems == problems)
  }

  @Test("a plugin is told about the cluster when it wants to know")
  func clusterInfo() throws {
    let folder = try ConfigurationFolder([
      "config": kubeconfig(
        cluster: """
          {server: 'https://api/', certificate-authority-data: \(TestPEM.certificateData), tls-server-name: t,
            proxy-url: 'http://p', disable-compression: true,
            extensions: [{name: other}, {name: client.authentication.k8s.io/exec, extension: {a: 1, b: null, c: 1.5, d: [true, "x\\ty"]}}]}
          """, user: "{exec: \(Self.exec("interactiveMode: Never, provideClusterInfo: true"))}")
    ])
    guard case .exec(let plugin) = try folder.access().get().credential.identity else {
      Issue.record("no plugin")
      return
    }
    #expect(
      plugin.info(isInteractive: false) == """
        {"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"cluster":{\
        "server":"https://api/","tls-server-name":"t","certificate-authority-data":"\(TestPEM.certificateData)",\
        "proxy-url":"http://p","disable-compression":true,\
        "config":{"a":1,"b":null,"c":1.5,"d":[true,"x\\ty"]}},"interactive":false}}
        """)
  }
}
