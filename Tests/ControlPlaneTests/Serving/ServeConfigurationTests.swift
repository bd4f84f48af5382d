import Kubernetes
import KubernetesAPI
import Testing

@testable import ControlPlane

@Suite("Settings of a control plane")
struct ServeConfigurationTests {
  private static func read(
    flags: [String: [String]] = [:], environment: [String: String] = [:], file: String? = nil
  ) throws -> ServeConfiguration {
    try ServeConfiguration(
      flags: flags, environment: EnvironmentVariables(environment),
      file: file.map { ManifestText(path: "serve.yaml", $0) })
  }

  @Test("count as flags before the environment, and there before a file")
  func precedence() throws {
    let file = "listen: {port: 1}\ndataFile: file.db\nlog: {level: debug}\n"
    let environment = ["MERLON_LISTEN_PORT": "2", "MERLON_DATA_FILE": "environment.db"]
    let configuration = try Self.read(flags: ["listen.port": ["3"]], environment: environment, file: file)
    #expect(configuration.port == 3)
    #expect(configuration.dataFile == "environment.db")
    #expect(configuration.logLevel == .debug)
    #expect(configuration.host == "127.0.0.1")
  }

  @Test("name clusters to follow, under the names of contexts or others")
  func contexts() throws {
    let written = try Self.read(file: "kubernetes: {contexts: [kind-kind, 'prod=arn:aws:eks']}")
    #expect(
      written.contexts == [
        .init(integration: "kind-kind", context: "kind-kind"),
        .init(integration: "prod", context: "arn:aws:eks"),
      ])
    let environment = try Self.read(environment: ["MERLON_KUBERNETES_CONTEXTS": "a,b=c"])
    #expect(environment.contexts.map(\.integration) == ["a", "b"])
  }

  @Test("are printed so that what is printed says the same, and no secret is in it")
  func printing() throws {
    let key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
    let configuration = try Self.read(
      flags: ["tls.certificateFile": ["c.pem"], "tls.keyFile": ["k.pem"], "listen.host": ["0.0.0.0"]],
      file: "policyFile: p.yaml\nkubernetes: {contexts: [a]}\n")
    #expect(try Self.read(file: configuration.data.yaml).data == configuration.data)
    let secret = try Self.read(environment: ["MERLON_SEALING_KEY": key])
    #expect(secret.sealingKey?.revealed == key)
    #expect(!secret.data.yaml.contains(key))
  }

  @Test(
    "are refused with every problem",
    arguments: [
      ("listen: {port: 70000}", "70000"), ("listen: {prot: 1}", "did you mean `listen.port`?"),
      ("listen: {host: 0.0.0.0}", "TLS"), ("tls: {keyFile: k}", "certificate"),
      ("log: {level: loud}", "loud"),
      ("sealing: {key: abc}", "secret"), ("kubernetes: {contexts: ['a b']}", "a b"),
      ("kubernetes: {contexts: [a, a]}", "two clusters"), ("- a", "mapping"), ("a: [", "YAML"),
    ])
  func problems(file: String, word: String) {
    do {
      _ = try Self.read(file: file)
      Issue.record("accepted")
    } catch let error as ServeError {
      let text = error.problems.map { "\($0.message) \($0.fix ?? "")" }.joined(separator: "\n")
      #expect(text.contains(word), "\(text)")
    } catch {
      Issue.record("\(error)")
    }
  }
}
