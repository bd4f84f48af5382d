internal import ControlPlane
internal import Kubernetes

/// What a gateway knows of itself in Prometheus' text format, 0.0.4. Labels are names of groups, rules and integrations:
/// never addresses, pods or names that were asked for.
struct GatewayMetrics {
  private var families = PrometheusText()

  var text: String { families.text }

  /// - Parameters: answers of the process that writes the kernel; nil for none.
  init(status: Node?, counters: Node?) {
    families.family("merlon_gateway_up", "gauge", "1 when the process that writes the kernel answers.") {
      line in
      line([], status == nil ? "0" : "1")
    }
    guard let status else { return }
    families.family("merlon_gateway_in_force", "gauge", "1 when the kernel has what it should.") { line in
      line([], status.isTrue("inForce") ? "1" : "0")
    }
    for (name, type, help, field) in Self.numbers {
      families.family(name, type, help) { line in line([], "\(status.number(of: field))") }
    }
    families.family(
      "merlon_gateway_lease_remaining_seconds", "gauge",
      "How much longer members count without another sign of their cluster."
    ) { line in
      for lease in status["leases"]?.elements ?? [] {
        line(
          [
            ("integration", lease.text(of: "integration")), ("kinds", lease.joined("kinds")),
            ("grace", lease.text(of: "graceSeconds")),
          ], PrometheusText.decimal(lease.number(of: "remainingMilliseconds"), 1000))
      }
    }
    latency(status["latency"])
    traffic(counters?["counters"]?.elements ?? [])
  }

  private static let numbers: [(String, String, String, StaticString)] = [
    ("merlon_gateway_addresses", "gauge", "Addresses of clusters that are enforced.", "addresses"),
    (
      "merlon_gateway_repairs_total", "counter", "How often rules were mended that others changed.", "repairs"
    ),
    ("merlon_gateway_denials_told_total", "counter", "Log entries of denied and audited packets.", "denials"),
  ]

  private mutating func latency(_ latency: Node?) {
    guard let latency else { return }
    families.histogram(
      "merlon_gateway_event_to_kernel_seconds", "From a cluster's event at the control plane to the kernel.",
      atMost: (latency["atMost"]?.elements ?? []).map {
        ($0.number(of: "microseconds"), $0.number(of: "count"))
      }, count: latency.number(of: "count"), sum: latency.number(of: "sumMicroseconds"))
  }

  private mutating func traffic(_ counters: [Node]) {
    for (unit, help) in [("packets", "Packets"), ("bytes", "Bytes of packets")] {
      families.family(
        "merlon_gateway_\(unit)_total", "counter", "\(help) that a group was asked about, or a rule decided."
      ) {
        line in
        for counter in counters {
          line(
            [("group", counter.text(of: "group")), ("rule", counter.text(of: "rule"))],
            "\(counter.number(of: unit == "packets" ? "packets" : "bytes"))")
        }
      }
    }
  }
}
