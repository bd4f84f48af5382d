import Kubernetes
import Testing

@testable import KubernetesAPI

@Suite("What a context uses")
struct KubeconfigContextTests {
  private static let two = """
    current-context: good
    contexts:
    - {name: good, context: {cluster: k, user: u}}
    - {name: bad, context: {cluster: nobody, user: nobody, namespace: Shop}}
    - {name: worse, context: {cluster: broken, user: broken}}
    - {name: anonymous, context: {cluster: k}}
    - {name: empty, context: {}}
    - name: nothing
    - {name: twice, context: {cluster: twice, cluster: k}}
    - {name: doubled, context: {cluster: doubled}}
    - 7
    - {nam: nameless}
    clusters:
    - {name: k, cluster: {server: 'https://k'}}
    - {name: broken, cluster: {server: k, certificate-authority-data: '%', insecure-skip-tls-verify: 'yes'}}
    - {name: doubled, cluster: {server: 'https://a'}}
    - {name: doubled, cluster: {server: 'https://b'}}
    - {nme: nobody}
    users:
    - {name: u, user: {token: t}}
    - {name: broken, user: {token: 5, auth-provider: {name: gcp}}}
    """

  @Test("mistakes in other contexts, clusters and users stop nobody")
  func others() throws {
    let folder = try ConfigurationFolder(["config": Self.two])
    let access = try folder.access().get()
    #expect(access.name == "good")
    #expect(access.namespace == "default")
    guard case .token(Secret("t")) = access.credential.identity else {
      Issue.record("no token")
      return
    }
    guard case .none = try folder.access(context: "anonymous").get().credential.identity else {
      Issue.record("a context without a user has one")
      return
    }
  }

  @Test(
    "everything that is wrong with what is used is said at once, with its place",
    arguments: [
      (
        "bad",
        [
          "4:34 unknown-name there is no cluster `nobody` in ~/config → there are `broken`, `doubled`, `k`",
          "4:48 unknown-name there is no user `nobody` in ~/config → there are `broken`, `u`",
          "4:67 invalid-value the namespace `Shop` must consist of lower-case letters, digits, `-` and `.`, and start and end with a letter or digit",
          "18:3 missing-field `clusters[]` without `name`",
        ]
      ),
      (
        "worse",
        [
          "15:36 invalid-value `clusters[].cluster.server` has no scheme → write https://k",
          "15:67 invalid-value `clusters[].cluster.certificate-authority-data` is not base64",
          "15:98 wrong-type `clusters[].cluster.insecure-skip-tls-verify` must be true or false, not the string `yes`",
          "21:32 wrong-type `users[].user.token` must be a string → quote it",
          "21:50 invalid-value `users[].user.auth-provider` is not supported → use `exec` with gke-gcloud-auth-plugin",
        ]
      ),
      ("empty", ["7:10 missing-field the context `empty` without `cluster`"]),
      ("nothing", ["8:9 missing-field the context `nothing` without `context`"]),
      (
        "twice",
        [
          "9:36 unknown-name there is no cluster `twice` in ~/config → there are `broken`, `doubled`, `k`",
          "9:43 duplicate-key the key `cluster` stands twice in one mapping; only one of the values can count → remove one of them",
          "18:3 missing-field `clusters[]` without `name`",
        ]
      ),
      ("doubled", ["17:10 duplicate-object two clusters are called `doubled` → remove one of them"]),
    ])
  func problems(context: String, problems: [String]) throws {
    let folder = try ConfigurationFolder(["config": Self.two])
    #expect(folder.access(context: context).problems == problems)
  }

  @Test("a context that does not exist is said with the nearest name, or with all")
  func unknownContext() throws {
    let folder = try ConfigurationFolder([
      "config": kubeconfig().replacing("name: c,", with: "name: kind-dev,")
    ])
    #expect(
      folder.access(context: "kind-dv").problems == [
        "unknown-name there is no context `kind-dv` in ~/config → did you mean `kind-dev`?"
      ])
    #expect(
      folder.access().problems == [
        "1:18 unknown-name there is no context `c` in ~/config → there are `kind-dev`"
      ])
  }

  @Test("without a current context the choices are said")
  func noCurrentContext() throws {
    let folder = try ConfigurationFolder([
      "config": kubeconfig().replacing("current-context: c\n", with: "")
    ])
    #expect(
      folder.access().problems == [
        "no-cluster ~/config has no `current-context` → choose one of the contexts `c`"
      ])
    #expect(try folder.access(context: "c").get().namespace == "shop")
  }
}
