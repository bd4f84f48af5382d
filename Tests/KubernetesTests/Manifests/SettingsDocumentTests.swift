import Kubernetes
import Testing

@Suite("The documents of a text of settings")
struct SettingsDocumentTests {
  private func documents(_ text: String) -> [SettingsDocument] {
    SettingsText.documents(of: ManifestText(path: "a.yaml", text))
  }

  @Test("have their own text with its comments, and places in the whole one")
  func texts() {
    let documents = documents("# first\na: 1\n---\n---\n# second\nb:\n  c: 2\n--- {d: 3}\n")
    #expect(documents.map(\.text) == ["# first\na: 1\n", "# second\nb:\n  c: 2\n", "--- {d: 3}\n"])
    #expect(documents.map(\.firstLine) == [0, 4, 7])
    #expect(documents.compactMap { $0.settings.root?.location.line } == [2, 6, 8])
  }

  @Test("hide no other when they are broken")
  func broken() {
    let documents = documents("a: [\n---\nb: 1\nb: 2\n---\nc: 3\n")
    #expect(documents.count == 3 && documents[2].settings.problems.isEmpty)
    #expect(documents[0].settings.problems.map(\.code) == [.syntax])
    #expect(documents[1].settings.problems.map { $0.location?.line } == [4])
  }

  @Test("are none where nothing is said")
  func nothing() {
    #expect(documents("").isEmpty && documents("# only this\n---\n---\n").isEmpty)
  }
}
