import Dialects
import Foundation
import Kubernetes
import PolicyModel
import Testing

@testable import Review

@Suite("The HTML page is one safe file")
struct PageSafetyTests {
  private static let hostile = "</script><script>alert(1)</script><!--\u{2028}\"'&"

  /// A world whose file, names and messages are hostile.
  private static func page(_ grouping: ConnectivityGrouping = .workload) -> String {
    let manifests = ManifestReader(options: PolicySet.readerOptions(defaultNamespace: "default"))
      .readSequentially([
        ManifestText(
          path: hostile + ".yaml",
          [
            namespace("shop"), deployment("shop/web", "app: web"), deployment("shop/db", "app: db"),
            deployment("shop/'<img src=x onerror=alert(1)>'", "app: '</style><b>'"),
            policy(
              "shop/db",
              "podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {}}]}]"
            ),
            policy("shop/broken", "podSelector: {matchLabels: {app: '</script>'}}"),
          ].joined(separator: "\n---\n"))
      ])
    let cluster = Cluster(manifests, defaultNamespace: "default", profile: .kubernetes)
    let request = PageRequest(inputs: [hostile], restrictions: ["--from \(hostile)"])
    return collected { ConnectivityReport(cluster).write(.html, grouping: grouping, for: request, to: $0) }
  }

  @Test(
    "nothing of the input becomes an element, an attribute or a script",
    arguments: ConnectivityGrouping.allCases)
  func escaping(grouping: ConnectivityGrouping) throws {
    let text = Self.page(grouping)
    #expect(text.contains("onerror"), "the hostile name is in the page")
    #expect(!text.contains("<img") && !text.contains("<script>alert") && !text.contains("<!--"))
    let scripts = try #require(text.components(separatedBy: "<script").dropFirst().first)
    #expect(!scripts.contains("\u{2028}"), "a line break to old scripts")
    #expect(text.components(separatedBy: "<script").count == 3, "the tables and the script")
    #expect(text.components(separatedBy: "</script>").count == 3)
    #expect(text.components(separatedBy: "</style>").count == 3, "the page's and the picture's")
    let page = try PrintedPage(text)
    if grouping == .workload {
      let parts = try #require(page.ingress.first?.first)
      #expect(parts.contains { $0.line.contains("(\(Self.hostile).yaml:") }, "\(parts)")
    }
  }

  @Test("nothing is fetched, and nothing could be")
  func references() throws {
    let text = Self.page()
    #expect(text.contains("content=\"default-src 'none'; script-src '\(PageScript.hash)'; "))
    // The name of SVG's namespace is no reference.
    let rest = text.replacingOccurrences(of: "xmlns=\"http://www.w3.org/2000/svg\"", with: "")
      .replacingOccurrences(of: "src=x", with: "")
    for word in [
      "http:", "https:", "src=", "url(", "@import", "fetch(", "XMLHttpRequest", "innerHTML", "eval(",
    ] {
      #expect(!rest.contains(word), "\(word)")
    }
    for link in text.components(separatedBy: "href=\"").dropFirst() {
      #expect(link.hasPrefix("#"), "\(link.prefix(40))")
    }
  }

  @Test("the policy lets exactly the page's script run")
  func hash() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", "sha256sum | cut -c1-64"]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    input.fileHandleForWriting.write(Data(PageScript.text.utf8))
    try input.fileHandleForWriting.close()
    let hex = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    let bytes = stride(from: 0, to: hex.count - 1, by: 2).compactMap {
      UInt8(hex.dropFirst($0).prefix(2), radix: 16)
    }
    try #require(bytes.count == 32)
    #expect(PageScript.hash == "sha256-" + Data(bytes).base64EncodedString())
  }

  @Test("the same input gives the same bytes")
  func determinism() async {
    let fixture = await ClusterFixture.shop()
    #expect(fixture.connectivity(.html) == fixture.connectivity(.html))
  }

  @Test("says what was asked, what is wrong with the input, and how to ask on")
  func frame() throws {
    let fixture = ClusterFixture.web(
      policy("shop/db", "podSelector: {matchLabels: {app: db}}, policyTypes: [Bogus]"))
    let request = PageRequest(
      inputs: ["my files"], restrictions: ["-n shop"], readingOptions: ["--profile", "kubernetes"])
    let text = collected {
      ConnectivityReport(fixture.cluster).write(.html, for: request, to: $0)
    }
    #expect(text.contains("<title>Who can talk to whom · my files</title>"))
    #expect(text.contains("<p class=\"subject\">Only <code>-n shop</code></p>"))
    #expect(text.contains("1 error in the input"))
    #expect(text.contains("<p class=\"caveat\">Answers are without 1 invalid policy.</p>"))
    #expect(text.contains("[\"merlon explain --from \",\" --to \",\" --profile kubernetes 'my files'\"]"))
  }

  @Test("words of a command line are quoted for a shell")
  func shellWords() {
    #expect(PageFrame.shellWord("deploy/np.yaml") == "deploy/np.yaml")
    #expect(PageFrame.shellWord("it's $HOME") == "'it'\\''s $HOME'")
    #expect(PageFrame.shellWord("") == "''")
  }

  @Test("a path that looks like an option is none")
  func dashedPath() {
    let frame = PageFrame(
      ConnectivityReport(ClusterFixture.web().cluster), PageRequest(inputs: ["-d.yaml", "-"]))
    #expect(frame.explainCommand.last == " ./-d.yaml -")
  }

  @Test("characters that turn the direction of writing are shown as what they are")
  func bidi() {
    let text = "a\u{202E}b"
    #expect("\(XMLText(text))" == "a\\u{202E}b" && JSONText.embedded(text) == "\"a\\\\u{202E}b\"")
  }

  @Test("300 workloads with policies of their own are a page of less than 3 MB")
  func size() {
    var documents = [
      namespace("shop"), policy("shop/deny", "podSelector: {}, policyTypes: [Ingress, Egress]"),
    ]
    for number in 0..<300 {
      documents.append(deployment("shop/w\(number)", "app: w\(number)"))
      documents.append(
        policy(
          "shop/p\(number)",
          "podSelector: {matchLabels: {app: w\(number)}}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {matchLabels: {app: w\((number * 7 + 1) % 300)}}}], ports: [{port: \(8000 + number)}]}]"
        ))
    }
    let text = ClusterFixture(documents).connectivity(.html)
    #expect(text.utf8.count < 3_000_000)
    #expect(text.contains("<b>300</b>workloads"))
  }
}
