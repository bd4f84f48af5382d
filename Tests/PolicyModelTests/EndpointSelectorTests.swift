import Kubernetes
import PolicyModel
import Testing

@Suite("EndpointSelector")
struct EndpointSelectorTests {
  private func selector(_ requirements: [LabelRequirement]) -> LabelSelector {
    let location = SourceLocation(file: SourceFile(path: "p.yaml"), line: 1, column: 1)
    return LabelSelector(requirements: requirements.map { Located($0, at: location) }, location: location)
  }

  private func expression(_ requirements: LabelRequirement...) -> LabelExpression {
    LabelExpression(selector(requirements), of: Attribute.namespaceLabel)
  }

  private func description(in namespaces: NamespaceScope) -> String {
    EndpointSelector(namespaces: namespaces, pods: .everything).description
  }

  @Test("the description names the namespaces, or the labels that they have")
  func namespaces() {
    let name = Namespace.nameLabel
    let team = LabelRequirement(key: "team", .isIn(["a"]))
    #expect(description(in: .named("shop")) == "all pods in namespace shop")
    #expect(description(in: .matching(.everything)) == "all pods in all namespaces")
    #expect(description(in: .matching(expression(team))) == "all pods in namespaces with team=a")
    #expect(
      description(in: .matching(expression(.init(key: name, .isIn(["shop"])))))
        == "all pods in namespace shop")
    #expect(
      description(in: .matching(expression(.init(key: name, .isIn(["shop", "data"])))))
        == "all pods in namespaces shop, data")
    #expect(
      description(in: .matching(expression(.init(key: name, .isIn(["shop"])), team)))
        == "all pods in namespaces with \(name)=shop,team=a")
    #expect(
      description(in: .matching(expression(.init(key: name, .isNotIn(["shop"])))))
        == "all pods in namespaces with \(name)!=shop")
  }

  @Test("the description names the labels of the pods")
  func pods() {
    let selector = EndpointSelector(
      namespaces: .named("shop"),
      pods: LabelExpression(
        selector([.init(key: "app", .isIn(["web"])), .init(key: "b", .exists)])))
    #expect(selector.description == "pods with app=web,b in namespace shop")
  }
}
