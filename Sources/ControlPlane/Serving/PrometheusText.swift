/// Families of metrics in Prometheus' text format, 0.0.4.
package struct PrometheusText: Sendable {
  package private(set) var text = ""

  package init() {}

  /// Adds a family.
  ///
  /// - Parameter body: is given what writes a line: labels in their order, and a value.
  package mutating func family(
    _ name: String, _ type: String, _ help: String,
    _ body: ((_ labels: [(String, String)], _ value: String) -> Void) -> Void
  ) {
    begin(name, type, help)
    var lines = ""
    body { labels, value in
      let inner = labels.map { #"\#($0.0)="\#(Self.escaped($0.1))""# }.joined(separator: ",")
      lines += name + (inner.isEmpty ? "" : "{\(inner)}") + " \(value)\n"
    }
    text += lines
  }

  /// Adds a histogram of durations in seconds.
  ///
  /// - Parameters:
  ///   - atMost: how many took at most so many microseconds, bounds ascending.
  ///   - sum: in microseconds.
  package mutating func histogram(
    _ name: String, _ help: String, atMost: [(microseconds: Int, count: Int)], count: Int, sum: Int
  ) {
    begin(name, "histogram", help)
    for bucket in atMost {
      text += "\(name)_bucket{le=\"\(Self.decimal(bucket.microseconds, 1_000_000))\"} \(bucket.count)\n"
    }
    text += "\(name)_bucket{le=\"+Inf\"} \(count)\n"
    text += "\(name)_sum \(Self.decimal(sum, 1_000_000))\n\(name)_count \(count)\n"
  }

  private mutating func begin(_ name: String, _ type: String, _ help: String) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
  }

  /// A number of thousandths, or millionths, as a decimal fraction.
  ///
  /// - Parameter parts: a power of ten.
  package static func decimal(_ number: Int, _ parts: Int) -> String {
    let fraction = String(parts + number % parts).dropFirst()
    return "\(number / parts).\(fraction)"
  }
}
