import Kubernetes
import Testing

@testable import KubernetesAPI

@Suite("The cluster around a pod")
struct InClusterTests {
  private static let variables = ["KUBERNETES_SERVICE_HOST": "10.96.0.1", "KUBERNETES_SERVICE_PORT": "443"]
  private static let files = ["token": "t1\n", "ca.crt": TestPEM.certificate, "namespace": "shop\n"]

  private func access(_ files: [String: String] = files, _ variables: [String: String] = variables) throws
    -> Result<ClusterAccess, ConfigurationFolder.Problems>
  {
    let folder = try ConfigurationFolder(files)
    return folder.result { () throws(AccessError) in
      try ClusterAccess.inCluster(environment: EnvironmentVariables(variables), folder: folder.root)
    }
  }

  @Test("the service account says who we are, and its authority alone is trusted")
  func serviceAccount() throws {
    let access = try access().get()
    #expect(access.server.text == "https://10.96.0.1:443")
    #expect(access.trust == .authorities(try Certificates(pem: Array(TestPEM.certificate.utf8))))
    #expect(access.namespace == "shop")
    guard case .tokenFile = access.credential.identity else {
      Issue.record("the token is not read again")
      return
    }
  }

  @Test("IPv6 addresses get their brackets")
  func ipv6() throws {
    let variables = Self.variables.merging(["KUBERNETES_SERVICE_HOST": "fd00::1"]) { $1 }
    #expect(try access(Self.files, variables).get().server.authority == "[fd00::1]:443")
  }

  @Test("the namespace is that of `POD_NAMESPACE`, of the file, or `default`")
  func namespace() throws {
    let variables = Self.variables.merging(["POD_NAMESPACE": "own"]) { $1 }
    #expect(try access(Self.files, variables).get().namespace == "own")
    #expect(try access(Self.files.filter { $0.key != "namespace" }).get().namespace == "default")
  }

  @Test("everything that is missing or wrong is said")
  func problems() throws {
    #expect(
      try access([:], [:]).problems == [
        "no-cluster the environment variable `KUBERNETES_SERVICE_HOST`, which every pod has, is not set",
        "no-cluster the environment variable `KUBERNETES_SERVICE_PORT`, which every pod has, is not set",
        "unreadable cannot read ~/ca.crt: No such file or directory",
        "no-credential the token file ~/token cannot be read: cannot read ~/token: No such file or directory",
      ])
    #expect(
      try access(
        ["token": " \n", "ca.crt": "x"], ["KUBERNETES_SERVICE_HOST": "a", "KUBERNETES_SERVICE_PORT": "x"]
      )
      .problems == [
        "invalid-value `KUBERNETES_SERVICE_HOST` and `KUBERNETES_SERVICE_PORT` make a URL that has a port that is not 1 to 65535",
        "invalid-value ~/ca.crt holds no PEM certificate", "no-credential the token file ~/token is empty",
      ])
  }

  @Test("it is meant when nothing is named and no kubeconfig says anything")
  func find() throws {
    let pod = try ConfigurationFolder(Self.files)
    let home = try ConfigurationFolder([".kube/config": kubeconfig()])
    func name(_ more: [String: String], context: String? = nil) -> String {
      let environment = EnvironmentVariables(Self.variables.merging(more) { $1 })
      let found = home.result { () throws(AccessError) in
        try ClusterAccess.find(context: context, environment: environment, serviceAccount: pod.root)
      }
      return (try? found.get().name) ?? found.problems.joined()
    }
    #expect(name([:]) == "in-cluster")
    #expect(name(["HOME": home.root]) == "c")
    #expect(name(["KUBECONFIG": home.path("none")]) == "in-cluster")
    #expect(name([:], context: "c") == "unknown-name there is no context `c` in any kubeconfig")
    #expect(name(["KUBERNETES_SERVICE_HOST": ""]) == "no-cluster there is no kubeconfig")
  }
}

@Suite("A cluster that is named by its URL")
struct ExplicitAccessTests {
  private func access(_ server: String, _ authority: String?, _ token: String?) throws
    -> Result<ClusterAccess, ConfigurationFolder.Problems>
  {
    try ConfigurationFolder().result { () throws(AccessError) in
      try ClusterAccess(
        server: server, authority: authority.map { ManifestText(path: "ca.pem", $0) },
        token: token.map { Secret($0) },
        environment: [:])
    }
  }

  @Test("it has the authority and the token that are given")
  func given() throws {
    let access = try access("https://api", TestPEM.certificate, "t").get()
    #expect(access.trust == .authorities(try Certificates(pem: Array(TestPEM.certificate.utf8))))
    guard case .token(Secret("t")) = access.credential.identity else {
      Issue.record("no token")
      return
    }
    #expect(try self.access("https://api", nil, nil).get().trust == .system)
  }

  @Test("everything that is wrong is said")
  func problems() throws {
    #expect(
      try access("http://api", "x", "hunter2\n").problems == [
        "invalid-value the server's URL is plain http to another machine than this, where everybody on the way can read and change what is sent → write https://",
        "invalid-value ca.pem holds no PEM certificate",
        "invalid-value the token has line breaks or other characters that a header cannot have",
      ])
  }
}
