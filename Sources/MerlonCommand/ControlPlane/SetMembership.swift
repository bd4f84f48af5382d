internal import Kubernetes

/// Who is in a set, as the events of its stream tell: a whole set is compared with what was known, so that a lost connection
/// hides no change and repeats none.
struct SetMembership {
  /// Somebody with addresses. Who gets another address leaves and joins.
  struct Member: Hashable, Comparable {
    let integration: String
    let kind: String
    /// `shop/web`
    let name: String
    let uid: String
    let addresses: [String]

    init(_ node: Node) {
      integration = node.text(of: "integration")
      kind = node.text(of: "objectKind")
      name = node.qualifiedName
      uid = node.text(of: "uid")
      addresses = (node["addresses"]?.elements ?? []).map(\.text)
    }

    static func < (left: Member, right: Member) -> Bool {
      (left.integration, left.name, left.kind, left.uid) < (
        right.integration, right.name, right.kind, right.uid
      )
    }
  }

  struct Change: Equatable {
    let member: Member
    let joins: Bool
  }

  /// A source whose members are worth more or less than before.
  struct Transition: Equatable {
    /// `source 1 (prod)`
    let source: String
    let state: String
  }

  /// What the last event was of: what to go on from.
  private(set) var version: String?
  private var members: Set<Member> = []
  private var states: [String] = []

  /// Takes an event, and says what it changed: those who leave first.
  ///
  /// - Throws: when it is no event of a set.
  mutating func apply(
    _ event: EventStreamParser.Event
  ) throws(DocumentError) -> (changes: [Change], transitions: [Transition]) {
    let set = try Document.json(Array(event.data.utf8), file: SourceFile(path: event.name)).root
    let (left, joined): (Set<Member>, Set<Member>)
    switch event.name {
    case "snapshot":
      let all = Set((set["members"]?.elements ?? []).map { Member($0) })
      (left, joined) = (members.subtracting(all), all.subtracting(members))
    case "delta":
      left = members.intersection((set["left"]?.elements ?? []).map { Member($0) })
      joined = Set((set["joined"]?.elements ?? []).map { Member($0) }).subtracting(members)
    default: return ([], [])
    }
    members = members.subtracting(left).union(joined)
    version = event.id
    let changes =
      left.sorted().map { Change(member: $0, joins: false) }
      + joined.sorted().map { Change(member: $0, joins: true) }
    return (changes, transitions(to: set["sources"]?.elements ?? []))
  }

  /// Lets everybody leave, as when the group is gone.
  mutating func leave() -> [Change] {
    defer { members = [] }
    return members.sorted().map { Change(member: $0, joins: false) }
  }

  private mutating func transitions(to sources: [Node]) -> [Transition] {
    let (old, new) = (states, sources.map { $0.text(of: "state") })
    states = new
    // Before the first event nothing is known, and other sources are those of another policy.
    guard old.count == new.count else { return [] }
    return new.indices.filter { old[$0] != new[$0] }.map { place in
      let integration = sources[place].text(of: "integration")
      let name = integration.isEmpty ? "" : " (\(integration))"
      return Transition(source: "source \(place + 1)\(name)", state: new[place])
    }
  }
}

extension SetMembership.Change {
  /// `+ pod shop/web 10.0.0.7 (prod)`
  var text: String {
    "\(joins ? "+" : "-") \(member.kind) \(member.name) \(member.addresses.joined(separator: ","))"
      + (member.integration.isEmpty ? "" : " (\(member.integration))")
  }

  var data: DataValue {
    .members(
      ("change", joins ? "joined" : "left"), ("integration", .string(member.integration)),
      ("objectKind", .string(member.kind)), ("name", .string(member.name)), ("uid", .string(member.uid)),
      ("addresses", .list(member.addresses.map { .string($0) })))
  }
}
