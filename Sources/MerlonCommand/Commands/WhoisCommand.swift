internal import ArgumentParser
internal import Kubernetes
internal import KubernetesAPI
internal import Review

/// `merlon whois`
struct WhoisCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "whois",
    abstract: "Who has an address now, in which cluster, and in which source groups.",
    discussion: """
      EXAMPLES
        merlon whois 10.0.0.7
        merlon whois fd00::7 -o json
      """)

  @Argument(help: "An IPv4 or IPv6 address.")
  var address: String

  @Option(name: [.customShort("o", allowingJoined: true), .long], help: "How to print.")
  var output: ResourceFormat = .text

  @OptionGroup(title: "Control plane") var controlPlane: ControlPlaneOptions
  @OptionGroup(title: "Display") var display: DisplayOptions

  func validate() throws {
    if IPAddress(address) == nil { throw ValidationError("`\(address)` is not an IP address") }
  }

  func run() async throws {
    // As it is printed, it has nothing that a path could not have.
    guard let address = IPAddress(address) else { return }
    let answer = try await controlPlane.asking(display) { client throws(ControlPlaneFailure) in
      try await client.data(.controlPlane("whois/\(address)"))
    }
    let standardOutput = Terminal.standardOutput
    if !standardOutput.write(answer, as: output) {
      let holders = answer["holders"]?.elements ?? []
      if output == .name {
        for holder in holders {
          standardOutput.line("\(holder.text(of: "objectKind"))/\(holder.qualifiedName)")
        }
      } else {
        standardOutput.write(text(of: answer, holders))
      }
    }
    standardOutput.flush()
  }

  private func text(of answer: Node, _ holders: [Node]) -> String {
    let table =
      holders.isEmpty
      ? "nobody that is followed has \(address)\n"
      : ResourceTable(
        holders,
        [
          ResourceColumn("HOLDER") { $0.qualifiedName }, ResourceColumn("KIND", field: "objectKind"),
          ResourceColumn("INTEGRATION", field: "integration"), ResourceColumn("NODE", field: "node"),
          ResourceColumn("GROUPS") { $0.joined("groups") },
          ResourceColumn("ADDRESSES", isWide: true) { $0.joined("addresses") },
          ResourceColumn("UID", isWide: true, field: "uid"),
        ]
      ).text(isWide: output == .wide)
    let written = answer.joined("writtenIn")
    return table + (written.isEmpty ? "" : "written in the source groups \(written)\n")
  }
}
