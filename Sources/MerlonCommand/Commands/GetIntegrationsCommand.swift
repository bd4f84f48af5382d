internal import ArgumentParser
internal import Kubernetes
internal import KubernetesAPI
internal import Review

/// `merlon get integrations`
struct GetIntegrationsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "integrations",
    abstract: "The clusters that sources take members from.",
    discussion: """
      With a name, -o wide also shows how each kind of object is followed. --test tries step by step whether the cluster
      can be followed: the connection, the clocks, and each list and watch that the policy needs.

      EXAMPLES
        merlon get integrations -o wide
        merlon get integrations prod -o yaml > prod.yaml
        merlon get integrations prod --test
      """,
    aliases: ["integration"])

  @Argument(help: "One of them; without it all.")
  var name: String?

  @Option(name: [.customShort("o", allowingJoined: true), .long], help: "How to print.")
  var output: ResourceFormat = .text

  @Flag(name: .long, help: "Try whether the cluster of NAME can be followed. Ends with 1 when it cannot.")
  var test = false

  @OptionGroup(title: "Control plane") var controlPlane: ControlPlaneOptions
  @OptionGroup(title: "Display") var display: DisplayOptions

  func validate() throws {
    try Self.require(name, NameRules.labelNameProblem)
    if test, name == nil { throw ValidationError("name the integration to test") }
    if test, output == .name || output == .wide { throw ValidationError("--test prints text, json or yaml") }
  }

  func run() async throws {
    if test, let name { return try await test(name) }
    let path = name.map { "integrations/\($0)" } ?? "integrations"
    let (answer, status) = try await controlPlane.asking(display) { client throws(ControlPlaneFailure) in
      let answer = try await client.data(.controlPlane(path))
      guard name != nil, output == .wide else { return (answer, Node?.none) }
      return (answer, try await client.data(.controlPlane(path + "/status")))
    }
    let items = name == nil ? answer["items"]?.elements ?? [] : [answer]
    let standardOutput = Terminal.standardOutput
    if !standardOutput.write(answer, as: output) {
      if output == .name {
        for item in items { standardOutput.line("integration/\(item.text(of: "name"))") }
      } else {
        standardOutput.write(ResourceTable(items, Self.columns).text(isWide: output == .wide))
      }
    }
    if let status {
      standardOutput.line()
      let kinds = status["resources"]?.elements ?? []
      standardOutput.write(ResourceTable(kinds, Self.kindColumns).text(isWide: true))
    }
    standardOutput.flush()
    // One bad record hides no other, and is not hidden either.
    let unusable = (answer["unusable"]?.elements ?? []).map {
      Diagnostic(
        .refused, .error, "the integration `\($0.text(of: "name"))` \($0.text(of: "problem"))", at: nil,
        fix: $0["fix"]?.text)
    }
    display.report(unusable)
    if !unusable.isEmpty { throw ExitStatus.findings }
  }

  private static let columns = [
    ResourceColumn("NAME", field: "name"), ResourceColumn("SERVER", field: "server"),
    ResourceColumn("PHASE", field: "phase"),
    ResourceColumn("TOKEN") { $0.isTrue("tokenConfigured") ? "set" : "none" },
    ResourceColumn("UPDATED", field: "updatedAt"),
    ResourceColumn("AUTHORITY", isWide: true) { $0["certificateAuthority"] == nil ? "system" : "own" },
    ResourceColumn("TLS-NAME", isWide: true, field: "tlsServerName"),
    ResourceColumn("GENERATION", isWide: true, field: "generation"),
  ]

  private static let kindColumns = [
    ResourceColumn("KIND", field: "kind"), ResourceColumn("PHASE", field: "phase"),
    ResourceColumn("SINCE", field: "since"), ResourceColumn("LAST-SIGN", field: "lastSign"),
    ResourceColumn("EVENTS", field: "events"), ResourceColumn("FAILURES", field: "failures"),
    ResourceColumn("LAST-ERROR") { $0["lastError"]?.text(of: "message") ?? "" },
  ]

  private func test(_ name: String) async throws {
    let answer = try await controlPlane.asking(display) { client throws(ControlPlaneFailure) in
      try await client.data(.controlPlane("integrations/\(name)/test", .post))
    }
    let output = Terminal.standardOutput
    if !output.write(answer, as: self.output) {
      let steps = answer["steps"]?.elements ?? []
      output.write(ResourceTable(steps, Self.stepColumns).text(isWide: true))
    }
    output.flush()
    if !answer.isTrue("ok") { throw ExitStatus.findings }
  }

  private static let stepColumns = [
    ResourceColumn("STEP", field: "name"), ResourceColumn("RESULT") { $0.isTrue("ok") ? "ok" : "failed" },
    ResourceColumn("DETAIL", field: "detail"),
  ]
}
