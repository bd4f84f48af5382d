import Kubernetes
import Testing

@testable import MerlonCommand

@Suite("Metrics of a gateway")
struct GatewayMetricsTests {
  private func node(_ text: String) throws -> Node {
    try Document.json(Array(text.utf8), file: SourceFile(path: "answer")).root
  }

  @Test("say what is in force, for how long, what was counted and how long it took")
  func text() throws {
    let status = try node(
      #"{"ok":true,"inForce":true,"addresses":3,"repairs":2,"denials":5,"leases":[{"integration":"prod","kinds":["pods","namespaces"],"graceSeconds":300,"remainingMilliseconds":12045}],"latency":{"count":4,"sumMicroseconds":1500000,"atMost":[{"microseconds":250,"count":1},{"microseconds":10000000,"count":4}]}}"#
    )
    let counters = try node(#"{"counters":[{"group":"a\"b","rule":"rule web","packets":7,"bytes":700}]}"#)
    let text = GatewayMetrics(status: status, counters: counters).text
    for line in [
      "merlon_gateway_up 1", "merlon_gateway_in_force 1", "merlon_gateway_addresses 3",
      "merlon_gateway_repairs_total 2",
      #"merlon_gateway_lease_remaining_seconds{integration="prod",kinds="pods,namespaces",grace="300"} 12.045"#,
      #"merlon_gateway_event_to_kernel_seconds_bucket{le="0.000250"} 1"#,
      #"merlon_gateway_event_to_kernel_seconds_bucket{le="+Inf"} 4"#,
      "merlon_gateway_event_to_kernel_seconds_sum 1.500000", "merlon_gateway_event_to_kernel_seconds_count 4",
      #"merlon_gateway_packets_total{group="a\"b",rule="rule web"} 7"#,
    ] { #expect(text.contains(line + "\n"), "\(line)") }
    #expect(GatewayMetrics(status: nil, counters: nil).text.contains("merlon_gateway_up 0\n"))
  }
}
