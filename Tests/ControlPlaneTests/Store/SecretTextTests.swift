import ControlPlane
import Testing

@Suite("secret text")
struct SecretTextTests {
  @Test("no way of printing shows it")
  func redaction() {
    let secret = SecretText("eyJhbGciOi")
    var dumped = ""
    dump(secret, to: &dumped)
    for text in ["\(secret)", String(reflecting: secret), String(describing: [secret]), dumped] {
      #expect(!text.contains("eyJ"))
      #expect(text.contains("<secret>"))
    }
  }

  @Test("texts are equal when all their bytes are", arguments: [("", true), ("abc", false), ("abcd", true)])
  func equality(_ text: String, isEqual: Bool) {
    #expect((SecretText(text) == SecretText(text.count == 3 ? "abd" : text)) == isEqual)
    #expect(SecretText(text) != SecretText(text + "x"))
  }
}
