import Hummingbird
import Kubernetes
import SourceGroups
import Testing

@testable import ControlPlane

@Suite("OpenAPI: Documentation/OpenAPI/control-plane.yaml says what the routes are")
struct OpenAPITests {
  /// Whoever runs the process may ask these without a token.
  private static let probes: Set = ["GET /livez", "GET /healthz", "GET /ready", "GET /readyz"]
  private static let methods: Set = ["get", "put", "post", "patch", "delete", "head", "options"]

  private struct Operation {
    /// `GET /api/v1/sets/{group}`
    let name: String
    let node: Node
    /// Parameters of the operation and of its path.
    let parameters: [Node]
  }

  private let root: Node
  private let operations: [Operation]

  init() throws {
    let folders = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4)
    let path = folders.joined(separator: "/") + "/Documentation/OpenAPI/control-plane.yaml"
    let text = SettingsText(path: path)
    #expect(text.problems.isEmpty)
    root = try #require(text.root)
    operations =
      root["paths"]?.members.flatMap { path, item in
        item.members.filter { Self.methods.contains($0.key.text) }.map { method, node in
          Operation(
            name: "\(method.text.uppercased()) \(path.text)", node: node,
            parameters: (item["parameters"]?.elements ?? []) + (node["parameters"]?.elements ?? []))
        }
      } ?? []
  }

  @Test("every route is in the document, and the document has no others")
  func routes() throws {
    let folder = try StoreFolder()
    let clock = LiveClock.system()
    let plane = ControlPlane(store: try folder.open(), resolver: IdentityResolver(clock: clock), clock: clock)
    let router = Routes(plane: plane, counters: Counters()) { true }.documented()
    let routes = router.routes.map { "\($0.method.rawValue) \($0.path)" }
    #expect(routes.sorted() == operations.map(\.name).sorted())
  }

  @Test("every operation has an id of its own, a summary and a tag that is declared")
  func names() {
    let tags = Set(root["tags"]?.elements.compactMap { $0["name"]?.text } ?? [])
    var ids: Set<String> = []
    for operation in operations {
      let id = operation.node["operationId"]?.text ?? ""
      #expect(!id.isEmpty && ids.insert(id).inserted, "\(operation.name): `\(id)`")
      #expect(operation.node["summary"]?.text.isEmpty == false, "\(operation.name)")
      let named = operation.node["tags"]?.elements.map(\.text) ?? []
      #expect(named.count == 1 && tags.isSuperset(of: named), "\(operation.name)")
    }
  }

  @Test("all but probes want a token, and answer 401, 429 and problems")
  func security() {
    #expect(root["security"]?.elements.map { $0.members.map(\.key.text) } == [["token"]])
    for operation in operations {
      let answers = Set(operation.node["responses"]?.members.map(\.key.text) ?? [])
      if Self.probes.contains(operation.name) {
        #expect(operation.node["security"]?.elements.isEmpty == true, "\(operation.name)")
      } else {
        #expect(operation.node["security"] == nil, "\(operation.name)")
        #expect(answers.isSuperset(of: ["401", "429", "default"]), "\(operation.name)")
      }
    }
  }

  @Test("what only an admin may do answers 403")
  func roles() {
    for operation in operations {
      let reads = operation.name.hasPrefix("GET ") || operation.name.hasSuffix("/plan")
      let answers = operation.node["responses"]?.members.map(\.key.text) ?? []
      #expect(answers.contains("403") != reads, "\(operation.name)")
    }
  }

  @Test("every part of a path that stands for something is a required parameter")
  func pathParameters() throws {
    for operation in operations {
      let parts = operation.name.split(separator: "/").filter { $0.hasPrefix("{") }.map {
        String($0.dropFirst().dropLast())
      }
      let described = try operation.parameters.map { try #require(resolved($0)) }.filter {
        $0["in"]?.text == "path"
      }
      #expect(described.compactMap { $0["name"]?.text } == parts, "\(operation.name)")
      #expect(described.allSatisfy { $0["required"]?.text == "true" }, "\(operation.name)")
    }
  }

  @Test("every reference leads somewhere, and every component is referred to")
  func references() {
    var named: Set<String> = []
    for reference in references(in: root) where reference.hasPrefix("#/") {
      #expect(node(at: reference) != nil, "\(reference)")
      named.insert(reference)
    }
    // The data of events, which no media type describes.
    named.formUnion(["IdentityDelta", "EnforcementDelta"].map { "#/components/schemas/\($0)" })
    for (section, components) in root["components"]?.members ?? [] where section.text != "securitySchemes" {
      for (name, _) in components.members {
        let reference = "#/components/\(section.text)/\(name.text)"
        #expect(named.contains(reference), "\(reference) is referred to by nothing")
      }
    }
  }

  private func references(in node: Node) -> [String] {
    switch node.content {
    case .scalar: []
    case .sequence: node.elements.flatMap { references(in: $0) }
    case .mapping:
      node.members.flatMap { key, value in
        key.text == "$ref" && value.content == .scalar ? [value.text] : references(in: value)
      }
    }
  }

  private func resolved(_ node: Node) -> Node? {
    guard let reference = node["$ref"]?.text else { return node }
    return self.node(at: reference)
  }

  private func node(at reference: String) -> Node? {
    reference.split(separator: "/").dropFirst().reduce(root) { node, name in
      node?.members.first { $0.key.text == name }?.value
    }
  }
}
