import Gateway
import Kubernetes
import SourceGroups
import Testing

@testable import Enforcement

/// What a control plane says: a document, who its members are, and how fresh that is.
struct Said {
  private(set) var policy: SourceGroupPolicy
  private(set) var members: [SourceKey: [IPAddress]]
  private var epoch = "f00d"
  private var revision = 1
  private var version = 0

  init(_ policy: SourceGroupPolicy, _ members: [String: [IPAddress]]) {
    self.policy = policy
    self.members = Dictionary(
      members.map { (SourceKey(group: $0.key, source: 0), $0.value) }, uniquingKeysWith: { first, _ in first }
    )
  }

  var id: StateID { get throws { try #require(StateID("\(epoch)-\(revision)-\(version)")) } }

  /// All of it.
  var state: EnforcedState {
    get throws {
      var identities: [SourceKey: SourceIdentities] = [:]
      for (key, source) in policy.sources {
        guard case .cluster = source.origin else { continue }
        identities[key] = SourceIdentities(SourceStatus(.following), members[key] ?? [])
      }
      return EnforcedState(try id, policy, identities)
    }
  }

  /// Another document from now on, with the members that it still has.
  mutating func edit(_ policy: SourceGroupPolicy) throws -> EnforcedState {
    self.policy = policy
    (revision, version) = (revision + 1, 0)
    return try state
  }

  /// Members that come to, and leave, the first source of a group.
  mutating func change(
    _ group: String, joined: [IPAddress] = [], left: [IPAddress] = []
  ) throws -> EnforcedDelta {
    let since = try id
    version += 1
    let key = SourceKey(group: group, source: 0)
    members[key, default: []].removeAll { left.contains($0) }
    members[key, default: []] += joined
    return EnforcedDelta(
      since: since, id: try id, changes: [SourceChange(key, joined: joined, left: left)], age: nil)
  }

  /// A process of a control plane that was started anew, and counts from the beginning.
  mutating func startAnew() { (epoch, revision, version) = ("beef", 1, 0) }

  /// That the cluster's pods were known some time ago.
  func fresh(_ age: Duration = .zero) throws -> FreshnessReport {
    FreshnessReport(id: try id, proofs: [.init(integration: "prod", kind: .pods, age: age)])
  }
}

extension Said {
  /// All of it in a line, as a control plane says it to a process.
  ///
  /// - Parameter text: the document.
  func line(_ text: String) throws -> String {
    let sources = policy.sources.compactMap { key, source -> DataValue? in
      guard case .cluster = source.origin else { return nil }
      return .members(
        ("group", .string(key.group)), ("source", .integer(key.source)), ("state", .string("following")),
        ("addresses", .list((members[key] ?? []).map { .string("\($0)") })))
    }
    return DataValue.members(
      ("kind", .string("state")), ("id", .string("\(try id)")),
      ("content", .members(("policy", .string(text)), ("sources", .list(sources))))
    ).json
  }

  /// A change of members in a line.
  mutating func changeLine(
    _ group: String, joined: [IPAddress] = [], left: [IPAddress] = []
  ) throws -> String {
    let delta = try change(group, joined: joined, left: left)
    return DataValue.members(
      ("kind", .string("delta")), ("since", .string("\(delta.since)")), ("id", .string("\(delta.id)")),
      ("microseconds", .integer(100)),
      (
        "content",
        .members(
          (
            "sources",
            .list([
              .members(
                ("group", .string(group)), ("source", .integer(0)),
                ("joined", .list(joined.map { .string("\($0)") })),
                ("left", .list(left.map { .string("\($0)") })))
            ])
          ))
      )
    ).json
  }

  /// A report in a line.
  func freshLine(milliseconds: Int = 0) throws -> String {
    DataValue.members(
      ("kind", .string("fresh")), ("id", .string("\(try id)")),
      (
        "proofs",
        .list([
          .members(
            ("integration", .string("prod")), ("kind", .string("pods")),
            ("milliseconds", .integer(milliseconds)))
        ])
      )
    ).json
  }
}
