import Kubernetes
import PolicyEngine
import PolicyModel
import Testing

@testable import Review

@Suite("Protocol and port of a flow line, read without a String")
struct FlowPortTests {
  private func fast(_ text: String) -> FlowPort? {
    Array(text.utf8).withUnsafeBytes { FlowPort($0) }
  }

  @Test(
    "what it reads is what the flow parser reads",
    arguments: ["tcp/1", "udp/53", "sctp/3868", "tcp/65535", "sctp/65535", "udp/00080"])
  func agrees(_ text: String) throws {
    let port = try #require(fast(text))
    #expect(try FlowParser.traffic(text) == .port(port.transport, port.number))
  }

  @Test(
    "other spellings are left to the flow parser",
    arguments: [
      "TCP/80", "tcp/0", "tcp/65536", "tcp/99999", "tcp/123456", "tcp/", "tcp/8a", "tcp/+80", "tcp80",
      "sctp/",
      "sctp/x", "sctpx80", "icmp/8", "tcp", "",
    ])
  func others(_ text: String) {
    #expect(fast(text) == nil)
  }
}
