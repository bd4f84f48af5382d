import Kubernetes
import Testing

@testable import KubernetesAPI

@Suite("Which kubeconfigs count")
struct KubeconfigFilesTests {
  private static func file(_ server: String, current: String = "") -> String {
    """
    current-context: '\(current)'
    contexts: [{name: c, context: {cluster: k}}, {name: only-\(server), context: {cluster: k}}]
    clusters: [{name: k, cluster: {server: 'https://\(server)'}}]
    """
  }

  private func read(_ environment: [String: String], path: String? = nil) throws(AccessError) -> Kubeconfig {
    try Kubeconfig.read(path: path, environment: EnvironmentVariables(environment))
  }

  @Test("of several files the first counts that has an entry, and the first that has a current context")
  func merging() throws {
    let folder = try ConfigurationFolder(["a": Self.file("a"), "b": Self.file("b", current: "c")])
    let list = "\(folder.path("a")):\(folder.path("none")):\(folder.path("b")):\(folder.path("a"))"
    let kubeconfig = try read(["KUBECONFIG": list, "HOME": "/nowhere"])
    #expect(kubeconfig.files == [folder.path("a"), folder.path("b")])
    #expect(kubeconfig.missing == [folder.path("none")])
    #expect(kubeconfig.contextNames == ["c", "only-a", "only-b"])
    #expect(kubeconfig.currentContext?.value == "c")
    #expect(kubeconfig.currentContext?.location.description == "\(folder.path("b")):1:18")
    #expect(try kubeconfig.access(environment: [:]).server.host == "a")
  }

  @Test("entries of one name are not mixed: the later one is dropped whole")
  func wholeEntries() throws {
    let folder = try ConfigurationFolder([
      "a": kubeconfig(),
      "b": kubeconfig(cluster: "{server: 'https://other', tls-server-name: other}", user: "{token: other}"),
    ])
    let access = try read(["KUBECONFIG": "\(folder.path("a")):\(folder.path("b"))"]).access(environment: [:])
    #expect(access.server.host == "api")
    #expect(access.tlsServerName == nil)
    guard case .none = access.credential.identity else {
      Issue.record("the token of the other file counts")
      return
    }
  }

  @Test("without `KUBECONFIG` it is the file in the home folder; an empty variable is none")
  func home() throws {
    let folder = try ConfigurationFolder([".kube/config": Self.file("home", current: "c")])
    for variables in [["HOME": folder.root], ["HOME": folder.root, "KUBECONFIG": ""]] {
      #expect(try read(variables).access(environment: [:]).server.host == "home")
    }
  }

  @Test("a file that is named must be there, and others do not count then")
  func named() throws {
    let folder = try ConfigurationFolder([
      "a": Self.file("a", current: "c"), "b": Self.file("b", current: "c"),
    ])
    let environment = ["KUBECONFIG": folder.path("a")]
    #expect(try read(environment, path: folder.path("b")).access(environment: [:]).server.host == "b")
    let missing = folder.result { () throws(AccessError) in try read(environment, path: folder.path("none")) }
    #expect(missing.problems == ["unreadable cannot read ~/none: No such file or directory"])
  }

  @Test("relative paths start at the folder of the file that has them")
  func relativePaths() throws {
    let folder = try ConfigurationFolder([
      "deep/config": kubeconfig(
        cluster: "{server: 'https://api', certificate-authority: ca.crt}", user: "{tokenFile: ../token}"),
      "deep/ca.crt": TestPEM.certificate,
    ])
    let access = try read([:], path: folder.path("deep/config")).access(environment: [:])
    #expect(access.trust == .authorities(try Certificates(pem: Array(TestPEM.certificate.utf8))))
    guard case .tokenFile(let file) = access.credential.identity else {
      Issue.record("no token file")
      return
    }
    #expect(file.path == folder.path("deep/") + "/../token")
  }

  @Test(
    "what is no kubeconfig is an error of the file",
    arguments: [
      ("kind: Pod", "1:7 invalid-value this is `Pod`, and no kubeconfig, which is a `Config`"),
      ("apiVersion: v2", "1:13 invalid-value a kubeconfig has the `apiVersion` v1, not `v2` → write v1"),
      ("- a", "1:1 wrong-type `kubeconfig` must be a mapping, not a list"),
      ("clusters: x", "1:11 wrong-type `clusters` must be a list, not the string `x`"),
      (
        "users: []\nusers: []",
        "2:1 duplicate-key the key `users` stands twice in one mapping; only one of the values can count → remove one of them"
      ),
    ])
  func noKubeconfig(text: String, problem: String) throws {
    let folder = try ConfigurationFolder(["config": text])
    #expect(folder.access().problems == [problem])
  }

  @Test("a password that YAML cannot read is not quoted")
  func unknownAnchor() throws {
    let folder = try ConfigurationFolder(["config": kubeconfig(user: "{username: a, password: *hunter2}")])
    let problems = folder.access().problems
    #expect(problems.count == 1)
    #expect(
      problems[0].hasSuffix(
        "syntax not YAML: unknown anchor in front of which there is a `*` → quote the value"))
    #expect(!problems[0].contains("hunter2"))
  }

  @Test("an empty file, and none, say that nothing is chosen")
  func nothing() throws {
    let folder = try ConfigurationFolder(["config": ""])
    #expect(folder.access().problems == ["no-cluster ~/config has no `current-context`"])
    let none = folder.result { () throws(AccessError) in
      try read(["HOME": folder.path("nobody")]).access(environment: [:])
    }
    #expect(none.problems == ["no-cluster there is no kubeconfig: ~/nobody/.kube/config does not exist"])
  }
}

extension EnvironmentVariables: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (String, String)...) {
    self.init(Dictionary(uniqueKeysWithValues: elements))
  }
}
