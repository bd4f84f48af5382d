import Testing

@testable import Kubernetes

/// Every document here is a pod; its name and line say what was read and where.
@Suite("YAML streams")
struct YAMLStreamTests {
  private func pod(_ name: String) -> String { "{apiVersion: v1, kind: Pod, metadata: {name: \(name)}}" }

  private func namesAndLines(_ text: String) -> [String] {
    let reading = Reading(text)
    #expect(reading.problems.isEmpty)
    return reading.manifests.pods.map { "\($0.meta.name):\($0.meta.location.line)" }
  }

  @Test("documents are separated by ---")
  func separator() {
    #expect(
      namesAndLines("\(pod("a"))\n---\n\(pod("b"))\n--- # comment\n\(pod("c"))\n---\t\n\(pod("d"))") == [
        "a:1", "b:3", "c:5", "d:7",
      ])
  }

  @Test("a document may start on the line of its marker")
  func inlineDocument() {
    #expect(namesAndLines("--- \(pod("a"))\n--- \(pod("b"))\n") == ["a:1", "b:2"])
  }

  @Test("... ends a document; what follows is another, with or without ---")
  func documentEnd() {
    #expect(
      namesAndLines("\(pod("a"))\n...\n\(pod("b"))\n...\n---\n\(pod("c"))\n...\n...\n") == [
        "a:1", "b:3", "c:6",
      ])
  }

  @Test("%YAML belongs to the document that follows, also after a comment and after ...")
  func directives() {
    let text =
      "# comment\n%YAML 1.1\n---\n\(pod("a"))\n...\n\n%TAG !e! tag:example.com,2000:\n---\n\(pod("b"))\n---\n\(pod("c"))\n"
    #expect(namesAndLines(text) == ["a:4", "b:9", "c:11"])
  }

  @Test("CRLF line ends")
  func carriageReturns() {
    #expect(
      namesAndLines("---\r\n\(pod("a"))\r\n---\r\n\(pod("b"))\r\n...\r\n\(pod("c"))\r\n") == [
        "a:2", "b:4", "c:6",
      ])
  }

  @Test("a byte order mark is no content")
  func byteOrderMark() {
    #expect(namesAndLines("\u{FEFF}\(pod("a"))\n---\n\(pod("b"))\n") == ["a:1", "b:3"])
    #expect(namesAndLines("\u{FEFF}---\n\(pod("a"))\n") == ["a:2"])
  }

  @Test(
    "comments, blank lines and null are no documents",
    arguments: [
      "", "\n\n", "# only\n# comments\n", "---\n---\n---", "---\n# c\n---\n  \n", "null", "~\n---\nnull\n",
      "...\n",
    ])
  func nothing(_ text: String) {
    let reading = Reading(text)
    #expect(reading.problems.isEmpty)
    #expect(reading.manifests.documents == 0 && reading.manifests.documentsWithoutKind == 0)
  }

  @Test("--- inside a block scalar ends it at the start of a line, and is text when indented")
  func blockScalars() {
    let indented = "apiVersion: v1\nkind: ConfigMap\ndata:\n  x: |\n    ---\n    a\n---\n\(pod("b"))\n"
    #expect(namesAndLines(indented) == ["b:8"])
    let cut = "apiVersion: v1\nkind: ConfigMap\ndata:\n  x: |\n    a\n---\n\(pod("b"))\n"
    #expect(namesAndLines(cut) == ["b:7"])
  }

  @Test("--- needs a blank after it")
  func notAMarker() {
    #expect(namesAndLines("apiVersion: v1\nkind: ConfigMap\n---x: 1\n---\n\(pod("b"))\n") == ["b:5"])
  }

  @Test("a broken document hides no other and says where it breaks")
  func brokenDocument() {
    let reading = Reading("\(pod("a"))\n---\nkind: [\n---\n\(pod("b"))\n---\n  x: 'open\n---\n\(pod("c"))\n")
    #expect(reading.podNames == ["a", "b", "c"])
    #expect(reading.places == ["4:1 syntax", "8:1 syntax"])
    #expect(reading.manifests.isIncomplete)
  }
}
