import Kubernetes
import PolicyModel
import Testing

@Suite("Label expressions")
struct LabelExpressionTests {
  private typealias Test = AttributeRequirement.Test

  @Test(
    "tests of a value; only isNotIn and doesNotExist are true of an absent one",
    arguments: [
      (AttributeRequirement.Test.isIn(["web", "db"]), ["web": true, "we": false, nil: false]),
      (.isNotIn(["web", "db"]), ["web": false, "we": true, nil: true]),
      (.exists, ["": true, "web": true, nil: false]), (.doesNotExist, ["": false, "web": false, nil: true]),
      (.contains("e"), ["web": true, "db": false, nil: false]),
      (.contains(""), ["": true, "web": true, nil: false]),
      (.startsWith("we"), ["web": true, "we": true, "w": false, nil: false]),
      (.endsWith("eb"), ["web": true, "eb": true, "ebb": false, nil: false]),
    ] as [(AttributeRequirement.Test, [String?: Bool])])
  func tests(_ test: AttributeRequirement.Test, _ expected: [String?: Bool]) {
    for (value, isMatch) in expected {
      #expect(
        AttributeRequirement(.label("app"), test).matches(value) == isMatch, "\(test) of \(value ?? "none")")
    }
  }

  private let isWeb = LabelExpression.attribute(.label("app"), .isIn(["web"]))
  private let hasTier = LabelExpression.attribute(.label("tier"), .exists)

  @Test("all is true without parts, any is false without")
  func combinations() {
    let web = Labels(["app": "web"])
    let both = Labels(["app": "web", "tier": "1"])
    #expect(LabelExpression.everything.matches(web))
    #expect(!LabelExpression.nothing.matches(web))
    #expect(!LabelExpression.all([isWeb, hasTier]).matches(web))
    #expect(LabelExpression.all([isWeb, hasTier]).matches(both))
    #expect(LabelExpression.any([isWeb, hasTier]).matches(web))
    #expect(!LabelExpression.not(isWeb).matches(web))
    #expect(LabelExpression.not(hasTier).matches(web))
  }

  @Test("everything by its form: no conditions, however nested")
  func isEverything() {
    #expect(LabelExpression.all([.all([]), .everything]).isEverything)
    for other in [isWeb, .nothing, .not(.nothing), .all([isWeb])] as [LabelExpression] {
      #expect(!other.isEverything)
    }
  }

  @Test("a conjunction is nested lists of requirements; alternatives and negations are none")
  func conjunction() {
    #expect(LabelExpression.all([isWeb, .all([hasTier])]).conjunction?.count == 2)
    #expect(LabelExpression.everything.conjunction?.isEmpty == true)
    #expect(LabelExpression.all([isWeb, .not(hasTier)]).conjunction == nil)
    #expect(LabelExpression.any([isWeb]).conjunction == nil)
  }

  @Test("text is kubectl's where it has any")
  func text() {
    let attribute = { (test: AttributeRequirement.Test) in LabelExpression.attribute(.label("app"), test) }
    let texts: [(LabelExpression, String)] = [
      (isWeb, "app=web"), (attribute(.isIn(["a", "b"])), "app in (a,b)"),
      (attribute(.isNotIn(["a"])), "app!=a"), (attribute(.isNotIn(["a", "b"])), "app notin (a,b)"),
      (hasTier, "tier"), (attribute(.doesNotExist), "!app"),
      (attribute(.contains("x")), "app contains \"x\""),
      (.all([isWeb, hasTier]), "app=web,tier"), (.any([isWeb, hasTier]), "app=web or tier"),
      (.all([hasTier, .any([isWeb, hasTier])]), "tier,(app=web or tier)"), (.not(isWeb), "not (app=web)"),
      (.nothing, "nothing"),
      (.attribute(.namespaceLabel(Namespace.nameLabel), .isIn(["shop"])), "namespace=shop"),
      (.attribute(.namespaceLabel("team"), .exists), "namespace label team"),
    ]
    for (expression, text) in texts { #expect(expression.description == text) }
  }

  @Test("a node selector takes a node without labels where its conditions do")
  func unknownNodes() {
    #expect(NodeSelector.all.containsUnknown)
    #expect(NodeSelector.matching(.not(hasTier)).containsUnknown)
    #expect(!NodeSelector.matching(hasTier).containsUnknown)
    #expect(!NodeSelector.named(["n1"]).containsUnknown)
  }
}
