internal import Merlon
internal import PolicyEngine
internal import Review

// Writing policies from an intent, and proving that they mean it.
extension Benchmark {
  /// An intent of some workloads, rendered for every dialect and proved.
  static func rendering(_ name: String, workloads count: Int) -> Benchmark {
    Benchmark(name) { workbench in
      let intent = syntheticIntent(workloads: count)
      var kinds = 0
      let (proved, seconds) = CPUClock.best(of: workbench.runs) {
        Dialect.allCases.count { dialect in
          guard let rendering = try? intent.render(dialect, accepting: ["outside-ingress"]),
            let certificate = try? rendering.prove()
          else { return false }
          kinds = max(kinds, certificate.proof.equivalence.symbolicWorld.kindCount)
          return certificate.holds
        }
      }
      precondition(proved == Dialect.allCases.count)
      return [
        Measurement(
          work: "render and prove \(count) workloads for \(proved) dialects", value: seconds,
          unit: .cpuSeconds,
          limit: .atMost(2)),
        Measurement(work: "  kinds of pods in a proof", value: Double(kinds), unit: .count),
      ]
    }
  }

  /// Workloads in ten namespaces, each with three it calls, all closed for everything else.
  private static func syntheticIntent(workloads count: Int) -> Intent {
    let workloads = (0..<count).map { number in
      Workload(
        "w\(number)", in: "team-\(number % 10)",
        labels: ["app": "w\(number)", "tier": number.isMultiple(of: 2) ? "front" : "back"],
        ports: .tcp(UInt16(8000 + number % 5)))
    }
    return Intent {
      workloads
      for (number, workload) in workloads.enumerated() {
        Policy("w\(number)", for: workload) { to(.clusterDNS) }
        for step in 1...3 { allow(workload, to: workloads[(number * 7 + step * 13) % count]) }
      }
      for team in 0..<10 { Policy.deny(.both, in: .named(["team-\(team)"])) }
    }
  }
}
