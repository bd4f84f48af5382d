import Kubernetes
import SourceGroups
import Testing

@Suite("The schema of documents")
struct SchemaTests {
  private static func schema() throws -> Node {
    let folders = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
    let path = folders.joined(separator: "/") + "/Documentation/Schemas/source-group-policy.schema.json"
    return try #require(SettingsText(path: path).root)
  }

  @Test(
    "has the fields that are read, and no others",
    arguments: [
      ("metadata", DocumentFields.metadata), ("spec", DocumentFields.spec), ("group", DocumentFields.group),
      ("source", DocumentFields.source), ("kubernetes", DocumentFields.kubernetes),
      ("pods", DocumentFields.pods), ("nodes", DocumentFields.nodes),
      ("serviceEndpoints", DocumentFields.serviceEndpoints), ("selector", DocumentFields.selector),
      ("rule", DocumentFields.rule), ("destinations", DocumentFields.destinations),
      ("traffic", DocumentFields.traffic), ("sourcePort", DocumentFields.sourcePort),
    ])
  func fields(part: String, fields: [String]) throws {
    let definitions = try #require(Self.schema()["$defs"])
    let definition = try #require(definitions.members.first { $0.key.text == part }?.value)
    #expect(definition["properties"]?.members.map(\.key.text) == fields)
    #expect(definition["additionalProperties"]?.text == "false")
  }

  @Test("is about documents of this version")
  func version() throws {
    let schema = try Self.schema()
    #expect(schema["properties"]?.members.map(\.key.text) == DocumentFields.document)
    #expect(schema["properties"]?["apiVersion"]?["const"]?.text == SourceGroupPolicy.apiVersion)
    #expect(schema["properties"]?["kind"]?["const"]?.text == SourceGroupPolicy.kind)
    #expect(schema["$schema"]?.text == "https://json-schema.org/draft/2020-12/schema")
  }
}
