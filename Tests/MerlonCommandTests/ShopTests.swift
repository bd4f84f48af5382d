import Foundation
import Testing

@Suite("The example shop")
struct ShopTests {
  @Test("check finds exactly the two mistakes of its README, at their places")
  func check() throws {
    let result = try Program.run("check", "-o", "json", "Examples/shop")
    #expect(result.status == 1)
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let problems = try #require(report["problems"] as? [[String: Any]])
    let found = problems.map { problem in
      let place = problem["location"] as? [String: Any]
      return
        "\(place?["file"] ?? "") \(place?["line"] ?? "") \(problem["severity"] ?? "") \(problem["code"] ?? "")"
    }
    #expect(
      found == [
        "Examples/shop/payments/policies.yaml \(try line(of: "app: leger", in: "payments")) error selects-nothing",
        "Examples/shop/shop/policies.yaml \(try line(of: "app: carts", in: "shop") - 2) error peer-matches-nothing",
      ])
  }

  @Test("its table of who should talk to whom is what the rows say, mistakes aside")
  func connectivity() throws {
    let rows = try Program.run("connectivity", "-o", "csv", "Examples/shop").output
    for row in [
      "shop/storefront,shop/catalog,allowed,TCP 3000",
      "shop/checkout,payments/payments-api,allowed,TCP 50051",
      "shop/stock-import,198.51.100.16/28,allowed,\"TCP 990,40000-40100\"",
      "platform/ingress-nginx,payments/ledger,allowed,all",
    ] { #expect(rows.contains(row + "\n")) }
    #expect(!rows.contains("shop/cart,shop/cart-redis"))
  }

  @Test("its HTML page has the same bytes in every process, and the question in it")
  func page() throws {
    let arguments = ["connectivity", "-o", "html", "-n", "shop", "--profile", "kubernetes", "Examples/shop"]
    let page = try Program.run(arguments).output
    #expect(page.hasPrefix("<!DOCTYPE html>\n") && page.hasSuffix("</html>\n"))
    #expect(try Program.run(arguments + ["--explain"]).output == page, "rules are always named")
    #expect(page.contains("<p class=\"subject\">Only <code>-n shop</code></p>"))
    #expect(
      page.contains("\" --profile kubernetes Examples/shop\""),
      "the command that explains asks the same profile")
    let exposure = try Program.run("connectivity", "--exposure", "-o", "html", "Examples/shop")
    #expect(exposure.status == 2)
  }

  /// The selector of a label is an element one or more lines above it; `- 2` is for peers.
  private func line(of text: String, in folder: String) throws -> Int {
    let file = Program.repository.appendingPathComponent("Examples/shop/\(folder)/policies.yaml")
    let lines = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
    let index = try #require(lines.firstIndex { $0.trimmingCharacters(in: .whitespaces) == text })
    return folder == "payments" ? index : index + 1
  }
}
