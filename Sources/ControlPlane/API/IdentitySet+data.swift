internal import Kubernetes
internal import SourceGroups

extension IdentitySet {
  /// What a list says of it.
  var summary: DataValue {
    .members(
      ("group", .string(id)), ("version", .integer(Int(version))), ("canAllow", .bool(canAllow)),
      ("unresolved", .bool(isUnresolved)),
      ("memberCount", .integer(sources.reduce(0) { $0 + $1.content.members.count })),
      ("exclusionCount", .integer(sources.reduce(0) { $0 + $1.content.exclusions.count })),
      ("sources", .list(sources.map(\.summary))))
  }

  /// All of it, members and exclusions by name.
  var data: DataValue {
    var members: [DataValue] = []
    var exclusions: [DataValue] = []
    for (place, source) in sources.enumerated() {
      members += source.content.membersByName.map { $0.data(source: place, source.integration) }
      exclusions += source.content.exclusionsByName.map { exclusion in
        .members(
          ("source", .integer(place)), ("uid", .string(exclusion.uid)),
          ("namespace", .text(exclusion.name.namespace)),
          ("name", .string(exclusion.name.name)), ("reason", .string("\(exclusion.reason)")))
      }
    }
    return .members(
      ("apiVersion", .string(SourceGroupPolicy.apiVersion)), ("kind", "IdentitySet"), ("group", .string(id)),
      ("version", .integer(Int(version))), ("canAllow", .bool(canAllow)), ("unresolved", .bool(isUnresolved)),
      ("sources", .list(sources.map(\.summary))), ("members", .list(members)),
      ("exclusions", .list(exclusions)))
  }
}

extension SourceSet {
  var integration: String? { if case .cluster(let name, _) = source.origin { name } else { nil } }

  var summary: DataValue {
    let selector: String
    var written: [CIDR] = []
    switch source.origin {
    case .addresses(let blocks):
      selector = "addresses"
      written = blocks
    case .cluster(_, let selection): selector = "\(selection)"
    }
    return .members(
      ("integration", integration.map { .string($0) }), ("selector", .string(selector)),
      ("addresses", written.isEmpty ? nil : .list(written.map { .string("\($0)") })),
      ("state", .string(state.rawValue)), ("since", since.data), ("unresolved", .bool(isUnresolved)),
      ("onStale", .string(source.onStale.rawValue)), ("zone", source.zone.map { .string($0) }),
      ("location", .string("\(source.location)")), ("memberCount", .integer(content.members.count)))
  }
}

extension Member {
  fileprivate func data(source: Int, _ integration: String?) -> DataValue {
    .members(
      ("source", .integer(source)), ("integration", integration.map { .string($0) }), ("uid", .string(uid)),
      ("objectKind", .string("\(kind)")), ("namespace", .text(name.namespace)), ("name", .string(name.name)),
      ("node", .text(node)), ("addresses", .list(addresses.map { .string("\($0)") })), ("since", since.data))
  }
}

extension SourcedIdentity {
  var data: DataValue { identity.data(of: integration) }
}

extension Identity {
  fileprivate func data(of integration: String, groups: [String]? = nil) -> DataValue {
    .members(
      ("integration", .string(integration)), ("uid", .string(uid)), ("objectKind", .string("\(kind)")),
      ("namespace", .text(name.namespace)), ("name", .string(name.name)), ("node", .text(node)),
      ("addresses", .list(addresses.map { .string("\($0)") })),
      ("groups", groups.map { .list($0.map { .string($0) }) }))
  }
}

extension AddressHolder {
  var data: DataValue { identity.data(of: integration, groups: groups) }
}

extension AddressOverlap {
  var data: DataValue {
    .members(
      ("integrations", .list(integrations.map { .string($0) })), ("blocks", .string("\(blocks)")),
      ("addresses", .list(addresses.map { .string("\($0)") })), ("addressCount", .integer(addressCount)))
  }
}

extension DataValue {
  /// Nil for an empty text.
  fileprivate static func text(_ text: String) -> DataValue? { text.isEmpty ? nil : .string(text) }
}
