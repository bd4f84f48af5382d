internal import ArgumentParser
internal import Kubernetes
internal import KubernetesAPI
internal import Review

/// `merlon get revisions`
struct GetRevisionsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revisions",
    abstract: "What the policy was, and what it is; with a number, the text of one of them.",
    discussion: """
      EXAMPLES
        merlon get revisions -o wide
        merlon get revisions 3 > revision-3.yaml
        merlon get revisions --before 100
      """,
    aliases: ["revision"])

  @Argument(help: "The number of a revision: prints the text that was applied.")
  var number: Int?

  @Option(name: [.customShort("o", allowingJoined: true), .long], help: "How to print the list.")
  var output: ResourceFormat = .text

  @OptionGroup var page: PageOptions
  @OptionGroup(title: "Control plane") var controlPlane: ControlPlaneOptions
  @OptionGroup(title: "Display") var display: DisplayOptions

  func validate() throws {
    if let number, number < 1 { throw ValidationError("revisions are numbered from 1") }
    if number != nil, output != .text {
      throw ValidationError("a revision is printed as it was applied, without -o")
    }
  }

  func run() async throws {
    let standardOutput = Terminal.standardOutput
    if let number {
      let revision = try await controlPlane.asking(display) { client throws(ControlPlaneFailure) in
        try await client.text(.controlPlane("policy/revisions/\(number)"))
      }
      standardOutput.write(revision.text)
    } else {
      let list = try await controlPlane.asking(display) { client throws(ControlPlaneFailure) in
        try await client.data(.controlPlane("policy/revisions", query: page.query))
      }
      page.write(list, as: output, Self.columns, to: standardOutput) { "revision/\($0.text(of: "number"))" }
    }
    standardOutput.flush()
  }

  private static let columns = [
    ResourceColumn("REVISION", field: "number"),
    ResourceColumn("ACTIVE") { $0.isTrue("active") ? "yes" : "" },
    ResourceColumn("CREATED", field: "createdAt"), ResourceColumn("AUTHOR", field: "author"),
    ResourceColumn("NOTE") { $0["problem"]?.text ?? $0.text(of: "note") },
    ResourceColumn("RESTORES", isWide: true, field: "origin"),
    ResourceColumn("DIGEST", isWide: true, field: "digest"),
  ]
}

/// Which part of a long list is wanted: the newest come first.
struct PageOptions: ParsableArguments {
  @Option(name: .long, help: "How many, at most 500.")
  var limit = 50

  @Option(name: .long, help: "Only those with smaller numbers.")
  var before: Int?

  func validate() throws {
    if !(1...500).contains(limit) { throw ValidationError("--limit is 1 to 500") }
  }

  var query: [(name: String, value: String)] {
    [("limit", String(limit))] + (before.map { [("before", String($0))] } ?? [])
  }

  func write(
    _ list: Node, as format: ResourceFormat, _ columns: [ResourceColumn], to output: Output,
    name: (Node) -> String
  ) {
    let items = list["items"]?.elements ?? []
    if output.write(list, as: format) { return }
    if format == .name {
      for item in items { output.line(name(item)) }
    } else {
      output.write(ResourceTable(items, columns).text(isWide: format == .wide))
    }
  }
}
