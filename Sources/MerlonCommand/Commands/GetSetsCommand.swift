internal import ArgumentParser
internal import Kubernetes
internal import KubernetesAPI
internal import Review

/// `merlon get sets`
struct GetSetsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sets",
    abstract: "Who is in each source group now; with a group, its members and who is left out.",
    discussion: """
      --watch prints who joins (+) and who leaves (-), one line each, until it is interrupted. It begins with the members of
      the moment, and goes on where it was when the connection is lost. With -o json each line is an object.

      EXAMPLES
        merlon get sets
        merlon get sets payments -o wide
        merlon get sets payments --watch
      """,
    aliases: ["set"])

  @Argument(help: "A source group; without it all.")
  var group: String?

  @Option(name: [.customShort("o", allowingJoined: true), .long], help: "How to print.")
  var output: ResourceFormat = .text

  @Flag(name: [.customShort("w"), .long], help: "Follow GROUP, and print who joins and leaves.")
  var watch = false

  @OptionGroup(title: "Control plane") var controlPlane: ControlPlaneOptions
  @OptionGroup(title: "Display") var display: DisplayOptions

  func validate() throws {
    try Self.require(group, NameRules.labelValueProblem)
    if watch, group == nil { throw ValidationError("name the group to watch") }
    if watch, output != .text, output != .json { throw ValidationError("--watch prints text or json") }
  }

  func run() async throws {
    let standardOutput = Terminal.standardOutput
    if let group {
      if watch { return try await follow(group, standardOutput) }
      let set = try await controlPlane.asking(display) { client throws(ControlPlaneFailure) in
        try await client.data(.controlPlane("sets/\(group)"))
      }
      if !standardOutput.write(set, as: output) {
        standardOutput.write(output == .name ? "set/\(group)\n" : text(of: set))
      }
    } else {
      let list = try await controlPlane.asking(display) { client throws(ControlPlaneFailure) in
        try await client.data(.controlPlane("sets"))
      }
      let sets = list["items"]?.elements ?? []
      if output == .name {
        for set in sets { standardOutput.line("set/\(set.text(of: "group"))") }
      } else if !standardOutput.write(list, as: output) {
        standardOutput.write(ResourceTable(sets, Self.columns).text(isWide: output == .wide))
      }
      standardOutput.flush()
      display.report((list["overlaps"]?.elements ?? []).map { Self.overlap($0) })
    }
    standardOutput.flush()
  }

  private func follow(_ group: String, _ standardOutput: Output) async throws {
    try await controlPlane.asking(display) { client throws(ControlPlaneFailure) in
      var watch = SetWatch(
        group, client,
        changed: { changes in
          for change in changes {
            standardOutput.line(output == .json ? change.data.json : TerminalText.safe(change.text))
          }
          // Whoever reads a pipe is to know at once.
          standardOutput.flush()
        },
        notice: { if !display.quiet { Terminal.writeError("merlon: \($0)\n") } })
      try await watch.run()
    }
  }
}

// MARK: - Tables

extension GetSetsCommand {
  private static let columns = [
    ResourceColumn("GROUP", field: "group"), ResourceColumn("MEMBERS", field: "memberCount"),
    ResourceColumn("EXCLUDED", field: "exclusionCount"), ResourceColumn("STATE") { state(of: $0) },
    ResourceColumn("VERSION", field: "version"),
    ResourceColumn("SOURCES", isWide: true) { set in
      (set["sources"]?.elements ?? []).map { source($0) }.joined(separator: "; ")
    },
  ]

  /// What sources are in, each state once, in their order.
  private static func state(of set: Node) -> String {
    var states: [String] = []
    for source in set["sources"]?.elements ?? [] {
      let state = source.text(of: "state")
      if !states.contains(state) { states.append(state) }
    }
    return states.joined(separator: ",") + (set.isTrue("unresolved") ? " (unresolved)" : "")
  }

  /// `prod: pods …`, `10.0.0.0/8,10.9.9.9/32`
  private static func source(_ source: Node) -> String {
    let integration = source.text(of: "integration")
    if integration.isEmpty { return source.joined("addresses") }
    return "\(integration): \(source.text(of: "selector"))"
  }

  /// Sources, members and exclusions of one set.
  private func text(of set: Node) -> String {
    let isWide = output == .wide
    let sources = set["sources"]?.elements ?? []
    let members = set["members"]?.elements ?? []
    let exclusions = set["exclusions"]?.elements ?? []
    @Sendable func place(_ node: Node) -> Node? {
      let number = node.number(of: "source")
      return sources.indices.contains(number) ? sources[number] : nil
    }
    var parts = [
      ResourceTable(
        sources,
        [
          ResourceColumn("SOURCE") { Self.source($0) }, ResourceColumn("STATE", field: "state"),
          ResourceColumn("MEMBERS", field: "memberCount"), ResourceColumn("SINCE", field: "since"),
          ResourceColumn("ON-STALE", isWide: true, field: "onStale"),
          ResourceColumn("ZONE", isWide: true, field: "zone"),
          ResourceColumn("LOCATION", isWide: true, field: "location"),
        ]
      ).text(isWide: isWide)
    ]
    if !members.isEmpty {
      parts.append(ResourceTable(members, Self.memberColumns).text(isWide: isWide))
    }
    if !exclusions.isEmpty {
      let columns = [
        ResourceColumn("EXCLUDED") { $0.qualifiedName }, ResourceColumn("REASON", field: "reason"),
        ResourceColumn("SOURCE", isWide: true) { place($0).map { Self.source($0) } ?? "" },
      ]
      parts.append(ResourceTable(exclusions, columns).text(isWide: isWide))
    }
    return parts.joined(separator: "\n")
  }

  private static let memberColumns = [
    ResourceColumn("MEMBER") { $0.qualifiedName }, ResourceColumn("KIND", field: "objectKind"),
    ResourceColumn("ADDRESSES") { $0.joined("addresses") },
    ResourceColumn("INTEGRATION", field: "integration"),
    ResourceColumn("SINCE", field: "since"), ResourceColumn("NODE", isWide: true, field: "node"),
    ResourceColumn("UID", isWide: true, field: "uid"),
  ]

  private static func overlap(_ overlap: Node) -> Diagnostic {
    Diagnostic(
      .overlap, .warning,
      "\(overlap.joined("integrations").replacing(",", with: " and ")) use the same addresses: "
        + "\(overlap.text(of: "addressCount")), such as \(overlap.joined("addresses"))", at: nil)
  }
}

extension Diagnostic.Code {
  /// Two clusters use the same addresses, so that they do not tell who sends.
  static let overlap = Self(rawValue: "overlapping-addresses")
}
