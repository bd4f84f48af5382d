import Foundation
import Merlon
import Testing
import WebPolicies

@Suite("The chart's policies")
struct WebPoliciesTests {
  private static let folder = URL(filePath: #filePath).appending(path: "../../../chart").standardized

  @Test("are what the intent says: `swift run write-chart chart` writes them again")
  func upToDate() throws {
    for file in try WebPolicies.chart().files {
      let text = try String(contentsOf: Self.folder.appending(path: file.path), encoding: .utf8)
      #expect(text == file.text, "\(file.path)")
    }
  }

  @Test("mean the intent, whichever engine is chosen", arguments: WebPolicies.engines)
  func proved(for engine: Dialect) throws {
    let certificate = try WebPolicies.intent.render(engine).prove(Self.manifests(for: engine))
    #expect(certificate.holds, "\(certificate)")
  }

  /// What Helm makes of the template for release `web` in namespace `shop`.
  private static func manifests(for engine: Dialect) throws -> String {
    let template = try String(
      contentsOf: folder.appending(path: "templates/networkpolicy.yaml"), encoding: .utf8)
    let start = try #require(
      template.range(of: #"if eq .Values.networkPolicy.engine "\#(engine.rawValue)" }}"#))
    let end = try #require(template.range(of: "{{- else", range: start.upperBound..<template.endIndex))
    return template[start.upperBound..<end.lowerBound]
      .replacingOccurrences(of: "{{ .Release.Namespace }}", with: "shop")
      .replacingOccurrences(of: "{{ .Release.Name }}", with: "web")
  }
}
