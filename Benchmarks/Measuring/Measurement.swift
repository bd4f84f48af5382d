/// One line of the table: what was measured, how much it may be, and what the strongest peer needs.
struct Measurement {
  let work: String
  let value: Double
  let unit: Unit
  var limit: Limit?
  /// The strongest existing analyser's figure from the issue, in the same unit; not measured in this run.
  var peer: Double?

  enum Unit: String {
    case cpuSeconds = "CPU-s"
    case milliseconds = "CPU-ms"
    case megabytes = "MB"
    case megabytesPerCPUSecond = "MB/CPU-s"
    case times = "×"
    case percent = "%"
    case count = ""
  }

  enum Limit {
    case atMost(Double)
    case atLeast(Double)

    var bound: Double {
      switch self {
      case .atMost(let bound), .atLeast(let bound): bound
      }
    }
  }

  /// Measured by limit; nil without a limit.
  var ratio: Double? { limit.map { value / $0.bound } }

  var isWithinLimit: Bool {
    switch limit {
    case .atMost(let bound): value <= bound
    case .atLeast(let bound): value >= bound
    case nil: true
    }
  }
}

extension Measurement {
  /// The CPU seconds and the memory of a process, against those of the issue.
  static func process(
    _ work: String, _ usage: ChildProcess.Usage, cpuSeconds: Limit? = nil, megabytes: Limit? = nil,
    peerSeconds: Double? = nil, peerMegabytes: Double? = nil
  ) -> [Measurement] {
    [
      Measurement(
        work: work, value: usage.cpuSeconds, unit: .cpuSeconds, limit: cpuSeconds, peer: peerSeconds),
      Measurement(
        work: "  peak memory", value: usage.peakBytes / 1e6, unit: .megabytes, limit: megabytes,
        peer: peerMegabytes),
    ]
  }
}

extension Double {
  /// With three digits that count: `0.0123`, `1.23`, `12.3`, `1234`.
  var shortText: String {
    let digits = self >= 100 ? 0 : self >= 10 ? 1 : self >= 1 ? 2 : self >= 0.1 ? 3 : 4
    let scale = (0..<digits).reduce(1) { power, _ in power * 10 }
    let (whole, rest) = Int((self * Double(scale)).rounded()).quotientAndRemainder(dividingBy: scale)
    if digits == 0 { return "\(whole)" }
    let fraction = String(rest)
    return "\(whole)." + String(repeating: "0", count: digits - fraction.utf8.count) + fraction
  }
}
