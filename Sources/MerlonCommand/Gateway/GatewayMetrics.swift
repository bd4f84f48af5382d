internal import Kubernetes

/// What a gateway knows of itself in Prometheus' text format, 0.0.4. Labels are names of groups, rules and integrations:
/// never addresses, pods or names that were asked for.
struct GatewayMetrics {
  private(set) var text = ""

  /// - Parameters: answers of the process that writes the kernel; nil for none.
  init(status: Node?, counters: Node?) {
    family("merlon_gateway_up", "gauge", "1 when the process that writes the kernel answers.") { line in
      line([], status == nil ? "0" : "1")
    }
    guard let status else { return }
    family("merlon_gateway_in_force", "gauge", "1 when the kernel has what it should.") { line in
      line([], status.isTrue("inForce") ? "1" : "0")
    }
    for (name, type, help, field) in Self.numbers {
      family(name, type, help) { line in line([], "\(status.number(of: field))") }
    }
    family(
      "merlon_gateway_lease_remaining_seconds", "gauge",
      "How much longer members count without another sign of their cluster."
    ) { line in
      for lease in status["leases"]?.elements ?? [] {
        line(
          [
            ("integration", lease.text(of: "integration")), ("kinds", lease.joined("kinds")),
            ("grace", lease.text(of: "graceSeconds")),
          ], Self.decimal(lease.number(of: "remainingMilliseconds"), 1000))
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
    let name = "merlon_gateway_event_to_kernel_seconds"
    text +=
      "# HELP \(name) From a cluster's event at the control plane to the kernel.\n# TYPE \(name) histogram\n"
    for bucket in latency["atMost"]?.elements ?? [] {
      let bound = Self.decimal(bucket.number(of: "microseconds"), 1_000_000)
      text += "\(name)_bucket{le=\"\(bound)\"} \(bucket.number(of: "count"))\n"
    }
    let count = latency.number(of: "count")
    text += "\(name)_bucket{le=\"+Inf\"} \(count)\n"
    text +=
      "\(name)_sum \(Self.decimal(latency.number(of: "sumMicroseconds"), 1_000_000))\n\(name)_count \(count)\n"
  }

  private mutating func traffic(_ counters: [Node]) {
    for (unit, help) in [("packets", "Packets"), ("bytes", "Bytes of packets")] {
      family(
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

  private mutating func family(
    _ name: String, _ type: String, _ help: String,
    _ body: ((_ labels: [(String, String)], _ value: String) -> Void) -> Void
  ) {
    var lines = "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    body { labels, value in
      let inner = labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
      lines += name + (inner.isEmpty ? "" : "{\(inner)}") + " \(value)\n"
    }
    text += lines
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }

  /// A number of thousandths, or millionths, as a decimal fraction.
  private static func decimal(_ number: Int, _ parts: Int) -> String {
    let digits = String(parts).count - 1
    let fraction = String(number % parts)
    return "\(number / parts)." + String(repeating: "0", count: digits - fraction.count) + fraction
  }
}
