import FakeAPIServer
import Foundation
import Testing

@Suite("merlon trace and whois", .timeLimit(.minutes(30)))
struct QuestionCommandTests {
  @Test("trace: 0 and the rule when it is allowed, 1 when it is denied, for an address and for a pod")
  func trace() async throws {
    try await TestControlPlane.serving { plane in
      try await plane.settled()
      for source in ["10.244.0.5", "prod/shop/web"] {
        let allowed = try await plane.run("trace", source, "192.0.2.1", "tcp/443")
        #expect(allowed.status == 0, "\(allowed.errors)")
        #expect(allowed.output.hasPrefix("10.244.0.5 -> 192.0.2.1 tcp/443: allowed\n"))
        #expect(allowed.output.contains("rule bank (policy:14:"))
      }
      let denied = try await plane.run("trace", "10.244.0.5", "192.0.2.1", "tcp/22")
      #expect(denied.status == 1)
      #expect(denied.output.contains("defaultPolicy"))
      let json = try await plane.run("trace", "10.244.0.5", "192.0.2.1", "tcp/22", "-o", "json")
      #expect(json.status == 1)
      #expect(json.output.contains(#""outcome": "denied""#))
    }
  }

  @Test("trace: a port that is none, and a pod that nobody knows, are findings with a fix")
  func wrongTrace() async throws {
    try await TestControlPlane.serving { plane in
      try await plane.settled()
      let result = try await plane.run("trace", "10.244.0.5", "192.0.2.1", "tpc/22")
      #expect(result.status == 1)
      #expect(result.output.isEmpty && result.errors.hasPrefix("error: "), "\(result.errors)")
      #expect(try await plane.run("trace", "prod/shop/wbe", "192.0.2.1", "tcp/22").status == 1)
    }
  }

  @Test("whois: who has an address, in which groups; nobody is an answer, too")
  func whois() async throws {
    try await TestControlPlane.serving { plane in
      try await plane.settled()
      let known = try await plane.run("whois", "10.244.0.5")
      #expect(known.status == 0)
      #expect(
        known.output.hasPrefix(
          "HOLDER    KIND  INTEGRATION  NODE  GROUPS\nshop/web  pod   prod         n1    web\n"),
        "\(known.output)")
      let unknown = try await plane.run("whois", "192.0.2.200")
      #expect(unknown.status == 0)
      #expect(unknown.output == "nobody that is followed has 192.0.2.200\n")
      #expect(try await plane.run("whois", "10.0.0").status == 2)
    }
  }
}
