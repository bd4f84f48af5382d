import Kubernetes
import KubernetesAPI
import SourceGroups
import Testing

@testable import ControlPlane

@Suite("Deploy")
struct DeployTests {
  private static func path(_ name: String) -> String {
    let folders = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
    return folders.joined(separator: "/") + "/Deploy/" + name
  }

  @Test("serve.yaml has every setting but the secret and what is for one start only, and is accepted")
  func settings() throws {
    let text = try ManifestText(contentsOf: Self.path("serve.yaml"))
    let configuration = try ServeConfiguration(flags: [:], environment: EnvironmentVariables([:]), file: text)
    #expect(configuration.contexts.map(\.integration) == ["prod", "staging"])
    let root = try #require(SettingsText(text).root)
    for setting in ServeSetting.allCases
    where !setting.isSecret && setting != .previousSealingKeyFile {
      let value = setting.rawValue.split(separator: ".").reduce(root as Node?) { node, name in
        node?.members.first { $0.key.text == name }?.value
      }
      #expect(value != nil, "\(setting.rawValue)")
    }
  }

  @Test("reader.yaml lets merlon serve follow what it may need, and change nothing")
  func reader() throws {
    var rules: [(groups: [String], resources: [String], verbs: [String])] = []
    let documents = String(
      decoding: try ManifestText(contentsOf: Self.path("reader.yaml")).bytes, as: UTF8.self
    ).split(separator: "\n---\n")
    for document in documents {
      for rule in SettingsText(ManifestText(path: "reader.yaml", String(document))).root?["rules"]?.elements
        ?? []
      {
        func texts(_ node: Node?) -> [String] { node?.elements.map(\.text) ?? [] }
        rules.append((texts(rule["apiGroups"]), texts(rule["resources"]), texts(rule["verbs"])))
      }
    }
    #expect(rules.allSatisfy { $0.verbs == ["get", "list", "watch"] })
    #expect(!rules.contains { $0.resources.contains("secrets") || $0.resources.contains("configmaps") })
    for resource in ObservedKind.allCases.map(\.resource) {
      let parts = resource.version.split(separator: "/").map(String.init)
      let group = parts.count == 2 ? parts[0] : ""
      #expect(
        rules.contains { $0.groups.contains(group) && $0.resources.contains(resource.name) },
        "\(resource.qualifiedName)")
    }
  }
}
