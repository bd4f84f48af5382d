import Kubernetes
import Testing

@testable import KubernetesAPI

@Suite("Clusters of a kubeconfig")
struct KubeconfigClusterTests {
  private func access(_ cluster: String, user: String = "{}", _ environment: [String: String] = [:]) throws
    -> Result<ClusterAccess, ConfigurationFolder.Problems>
  {
    try ConfigurationFolder([
      "config": kubeconfig(cluster: cluster, user: user), "ca.crt": TestPEM.otherCertificate, "text": "hello",
    ]).access(environment)
  }

  @Test("without an authority those of the machine are trusted, with one only that one")
  func trust() throws {
    #expect(try access("{server: 'https://api'}").get().trust == .system)
    #expect(
      try access("{server: 'https://api', certificate-authority: ca.crt}").get().trust
        == .authorities(try Certificates(pem: Array(TestPEM.otherCertificate.utf8))))
    #expect(
      try access("{server: 'https://api', certificate-authority-data: \(TestPEM.certificateData)}").get()
        .trust
        == .authorities(try Certificates(pem: Array(TestPEM.certificate.utf8))))
    #expect(try access("{server: 'https://api', insecure-skip-tls-verify: true}").get().trust == .anyone)
  }

  @Test("all that changes how the server is spoken to is read, and unknown fields are ignored")
  func fields() throws {
    let access = try access(
      """
      {server: 'https://api:6443/k8s/c-1/', tls-server-name: other, proxy-url: 'socks5://me:p%40ss@proxy:1',
        disable-compression: true, Server: x, some-day: {a: b}}
      """
    ).get()
    #expect(access.server.authority == "api:6443")
    #expect(access.server.pathPrefix == "/k8s/c-1")
    #expect(access.tlsServerName == "other")
    #expect(access.proxy?.scheme == .socks5)
    #expect(access.proxy?.host == "proxy")
    #expect(access.proxy?.port == 1)
    #expect(access.proxy?.credentials?.revealed == "me:p@ss")
    #expect(!access.allowsCompression)
    #expect(access.namespace == "shop")
    #expect(!String(reflecting: access).contains("p%40ss"))
  }

  @Test(
    "what is wrong is said with its place",
    arguments: [
      ("{}", "5:9 missing-field the cluster `k` without `server`"),
      ("", "5:9 missing-field the cluster `k` without `server`"),
      ("{server: 5}", "6:21 wrong-type `clusters[].cluster.server` must be a string → quote it"),
      (
        "{server: 'api:6443'}",
        "6:21 invalid-value `clusters[].cluster.server` has no scheme → write https://api:6443"
      ),
      (
        "{server: 'http://10.0.0.1'}",
        "6:21 invalid-value `clusters[].cluster.server` is plain http to another machine than this, where everybody on the way can read and change what is sent → write https://"
      ),
      (
        "{server: 'https://me:hunter2@api'}",
        "6:21 invalid-value `clusters[].cluster.server` has a user name or a password in it → remove what stands before the `@`"
      ),
      (
        "{server: 'https://api', certificate-authority-data: 'a GVsbG8='}",
        "6:64 invalid-value `clusters[].cluster.certificate-authority-data` is not base64"
      ),
      (
        "{server: 'https://api', certificate-authority-data: '-----BEGIN CERTIFICATE-----'}",
        "6:64 invalid-value `clusters[].cluster.certificate-authority-data` is not base64 → encode the PEM text: base64 -w0"
      ),
      (
        "{server: 'https://api', certificate-authority-data: aGVsbG8=}",
        "6:64 invalid-value `certificate-authority-data` holds no PEM certificate"
      ),
      (
        "{server: 'https://api', certificate-authority: text}",
        "6:59 invalid-value ~/text, the `certificate-authority`, holds no PEM certificate"
      ),
      (
        "{server: 'https://api', certificate-authority: none}",
        "6:59 unreadable `certificate-authority`: cannot read ~/none: No such file or directory"
      ),
      (
        "{server: 'https://api', certificate-authority: ca.crt, certificate-authority-data: \(TestPEM.certificateData)}",
        "6:59 invalid-value `certificate-authority` and `certificate-authority-data` are both set → remove one of them"
      ),
      (
        "{server: 'https://api', insecure-skip-tls-verify: true, certificate-authority: ca.crt}",
        "6:62 invalid-value `insecure-skip-tls-verify` trusts every server, and a `certificate-authority` is set too → remove `insecure-skip-tls-verify`"
      ),
      (
        "{server: 'https://api', proxy-url: 'https://me:hunter2@proxy'}",
        "6:47 invalid-value `clusters[].cluster.proxy-url` is a proxy that is spoken to over TLS, which Merlon cannot do → use its http:// port"
      ),
      (
        "{server: 'https://api', proxy-url: 'ftp://me:hunter2@proxy'}",
        "6:47 invalid-value `clusters[].cluster.proxy-url` has the scheme `ftp` → write http:// or socks5://"
      ),
    ])
  func problems(cluster: String, problem: String) throws {
    #expect(try access(cluster).problems == [problem])
  }

  @Test("line breaks in base64 do not count")
  func lineBreaks() throws {
    let data = TestPEM.certificateData
    let lines = "\"\(data.prefix(20))\\n\(data.dropFirst(20))\""
    #expect(
      try access("{server: 'https://api', certificate-authority-data: \(lines)}").get().trust
        == .authorities(try Certificates(pem: Array(TestPEM.certificate.utf8))))
  }

  @Test("over plain http nobody authenticates, as with kubectl")
  func plainHTTP() throws {
    let access = try access("{server: 'http://127.0.0.1:8001'}", user: "{token: t, as: bob}").get()
    guard case .none = access.credential.identity else {
      Issue.record("a token is sent over plain http")
      return
    }
    #expect(access.impersonation?.user == "bob")
  }

  @Test("the environment names a proxy where the kubeconfig has none")
  func environmentProxy() throws {
    let variables = ["HTTPS_PROXY": "env:3128"]
    #expect(try access("{server: 'https://api'}", variables).get().proxy?.host == "env")
    #expect(
      try access("{server: 'https://api', proxy-url: 'http://own'}", variables).get().proxy?.host == "own")
  }
}
