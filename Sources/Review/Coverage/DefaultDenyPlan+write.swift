package import Kubernetes
internal import PolicyModel

extension DefaultDenyPlan {
  /// Manifests for `kubectl apply`, with what each namespace would lose as comments.
  package var text: String {
    var lines: [String] = []
    for part in parts {
      let count = part.connections.count
      lines.append(
        "# Namespace \(part.namespace): a default deny would cut \(count == 0 ? "nothing" : "\(count) \(count == 1 ? "connection" : "connections")") that something relies on."
      )
      lines += part.connections.map { "#   \($0.words)" }
      for policy in part.policies {
        lines.append("---")
        lines.append(String(policy.dropLast()))
      }
    }
    lines += remarks.map { "# \($0.words) (\($0.location))" }
    return lines.joined(separator: "\n") + (lines.isEmpty ? "" : "\n")
  }

  /// What the policies do not do.
  private var remarks: [(words: String, location: SourceLocation)] {
    lost.map { ("No NetworkPolicy can keep this: \($0.summary)", $0.location) }
      + undecided.map {
        ("Who connects is not known, and only what a rule allows gets in: \($0.summary)", $0.location)
      }
      + open.map {
        ("Not closed by these policies: \($0.workload) \($0.direction.name): \($0.reason)", $0.location)
      }
  }

  /// The same for comments on changes.
  package var markdown: String {
    var lines: [String] = []
    for part in parts {
      lines += ["### Namespace \(part.namespace)", ""]
      if !part.connections.isEmpty {
        lines += ["| from | to | port | because |", "| --- | --- | --- | --- |"]
        lines += part.connections.map {
          "| \($0.source) | \($0.destination) | \($0.port) | \($0.need.summary.replacing("|", with: "\\|")) |"
        }
        lines.append("")
      }
      if !part.policies.isEmpty {
        lines += ["```yaml", String(part.policies.joined(separator: "---\n").dropLast()), "```", ""]
      }
    }
    lines += remarks.map { "- \($0.words) (`\($0.location)`)" }
    return lines.joined(separator: "\n") + (lines.isEmpty ? "" : "\n")
  }

  /// One record for each connection, RFC 4180.
  package var csv: String {
    (["namespace,direction,from,to,port,kind,location"]
      + parts.flatMap { part in
        part.connections.map {
          [
            part.namespace, $0.direction.name, $0.source, $0.destination, $0.port, $0.need.kind.rawValue,
            "\($0.need.location)",
          ].map(Self.cell).joined(separator: ",")
        }
      }).joined(separator: "\n") + "\n"
  }

  private static func cell(_ text: String) -> String {
    text.contains { ",\"\n".contains($0) } ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
  }

  /// The same as data.
  package var data: DataValue {
    .members(
      ("apiVersion", "merlon.dev/v1"), ("kind", "DefaultDenyPlan"),
      (
        "namespaces",
        .list(
          parts.map { part in
            .members(
              ("namespace", .string(part.namespace)),
              ("connections", .list(part.connections.map(\.data))),
              ("policies", .list(part.policies.map { .string($0) })))
          })
      ),
      (
        "lost",
        .list(
          lost.map {
            .members(
              ("kind", .string($0.kind.rawValue)), ("because", .string($0.summary)),
              ("location", $0.location.data))
          })
      ),
      (
        "undecided",
        .list(
          undecided.map { .members(("because", .string($0.summary)), ("location", $0.location.data)) })
      ),
      ("isClosed", .bool(open.isEmpty)),
      (
        "open",
        .list(
          open.map {
            .members(
              ("workload", .string($0.workload)), ("direction", .string($0.direction.name)),
              ("because", .string($0.reason)), ("location", $0.location.data))
          })
      ))
  }
}

extension DefaultDenyPlan.Connection {
  package var source: String { direction == .egress ? workload : other }
  package var destination: String { direction == .egress ? other : workload }

  fileprivate var words: String {
    "\(direction.name): \(source) -> \(destination) \(port): \(need.summary) (\(need.location))"
  }

  fileprivate var data: DataValue {
    .members(
      ("direction", .string(direction.name)), ("from", .string(source)), ("to", .string(destination)),
      ("port", .string(port)), ("kind", .string(need.kind.rawValue)), ("because", .string(need.summary)),
      ("location", need.location.data))
  }
}
