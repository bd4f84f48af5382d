internal import KubernetesAPI
internal import SourceGroups

/// Prometheus' text format, 0.0.4. Labels are names of groups, integrations and kinds: never pods.
struct MetricsText {
  private var families = PrometheusText()

  var text: String { families.text }

  init(_ plane: ControlPlane, _ counters: Counters) {
    let state = plane.resolver.state
    let now = plane.clock.timing.now()
    let integrations = state.integrations.sorted { $0.key < $1.key }
    let reflectors = integrations.flatMap { name, status in
      status.reflectors.sorted { $0.key.rawValue < $1.key.rawValue }.map { (name, $0.key.rawValue, $0.value) }
    }
    family("merlon_integration_phase", "gauge", "1 for the phase that following a kind of object is in.") {
      line in
      for (name, kind, status) in reflectors {
        for phase in ReflectorStatus.Phase.allCases {
          line(
            [("integration", name), ("kind", kind), ("phase", phase.rawValue)],
            status.phase == phase ? "1" : "0")
        }
      }
    }
    family(
      "merlon_integration_last_sign_seconds", "gauge",
      "Seconds since the API server last showed that what is known is true."
    ) { line in
      for (name, kind, status) in reflectors {
        if let sign = status.lastSign {
          line([("integration", name), ("kind", kind)], Self.seconds(now - sign))
        }
      }
    }
    countersOf(reflectors)
    let sets = state.identities.sets
    family("merlon_set_members", "gauge", "Members of a source group.") { line in
      for set in sets {
        line([("group", set.id)], "\(set.sources.reduce(0) { $0 + $1.content.members.count })")
      }
    }
    family("merlon_set_exclusions", "gauge", "Objects that a selector selects and that are no members.") {
      line in
      for set in sets {
        line([("group", set.id)], "\(set.sources.reduce(0) { $0 + $1.content.exclusions.count })")
      }
    }
    family("merlon_set_version", "gauge", "The version of a source group's set.") { line in
      for set in sets { line([("group", set.id)], "\(set.version)") }
    }
    family("merlon_source_state", "gauge", "How many sources of a group are in a state.") { line in
      for set in sets {
        for state in SourceState.allCases {
          line([("group", set.id), ("state", state.rawValue)], "\(set.sources.count { $0.state == state })")
        }
      }
    }
    let counts = counters.counts
    family("merlon_source_transitions_total", "counter", "How often a source of a group came into a state.") {
      line in
      for (transition, count) in counts.transitions.sorted(by: {
        ($0.key.group, $0.key.state.rawValue) < ($1.key.group, $1.key.state.rawValue)
      }) {
        line([("group", transition.group), ("state", transition.state.rawValue)], "\(count)")
      }
    }
    family("merlon_http_requests_total", "counter", "Answered requests.") { line in
      for (request, count) in counts.requests.sorted(by: {
        ($0.key.route, $0.key.method, $0.key.status) < ($1.key.route, $1.key.method, $1.key.status)
      }) {
        line(
          [("method", request.method), ("route", request.route), ("status", "\(request.status)")], "\(count)")
      }
    }
    family(
      "merlon_gateway_denials_total", "counter", "Packets that gateways reported as denied, or as audited."
    ) {
      line in
      for total in plane.denials.totals {
        line([("gateway", total.gateway), ("kind", total.kind.rawValue)], "\(total.count)")
      }
    }
    family("merlon_policy_revision", "gauge", "The number of the policy revision that counts; 0 for none.") {
      line in
      line([], "\(plane.current.policy?.revision.header.number ?? 0)")
    }
  }

  private mutating func countersOf(_ reflectors: [(String, String, ReflectorStatus)]) {
    let counts: [(String, String, KeyPath<ReflectorStatus.Counts, Int>)] = [
      ("lists", "Lists asked for.", \.lists), ("watches", "Watches asked for.", \.watches),
      ("events", "Events received.", \.events), ("failures", "Requests that failed.", \.failures),
    ]
    for (name, help, count) in counts {
      family("merlon_integration_\(name)_total", "counter", help) { line in
        for (integration, kind, status) in reflectors {
          line([("integration", integration), ("kind", kind)], "\(status.counts[keyPath: count])")
        }
      }
    }
  }

  private mutating func family(
    _ name: String, _ type: String, _ help: String,
    _ body: ((_ labels: [(String, String)], _ value: String) -> Void) -> Void
  ) {
    families.family(name, type, help, body)
  }

  private static func seconds(_ duration: Duration) -> String {
    PrometheusText.decimal(Int(duration / .milliseconds(1)), 1000)
  }
}
