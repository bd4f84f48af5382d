internal import ArgumentParser
internal import Kubernetes
internal import Nftables
internal import Review
internal import Staging

/// `merlon stage`
struct StageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stage",
    abstract: "Try policies with real packets: every pod is a network namespace.",
    discussion: """
      Makes a network namespace of every pod, around a router whose kernel enforces the policies with nftables. Then real
      connections are tried between all pairs of pods, at all ports and protocols that the policies tell apart (TCP, UDP,
      SCTP, echo), and what arrives is compared with what merlon says. The rules are made from the policies alone, so
      that the kernel is a second opinion. Exits with 1 when the two disagree.

      Needs nft, and no rights: without them everything happens in a user namespace. Nothing is left behind, and nothing
      outside is touched.

      EXAMPLES
        merlon stage deploy/
        helm template shop ./chart | merlon stage -
        merlon stage --print deploy/ > rules.nft
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
  }

  @Option(name: [.customShort("o", allowingJoined: true), .long], help: "How to print.")
  var output: Format = .text

  @Flag(name: .long, help: "Print the rules for nft, and try nothing.")
  var print = false

  @Flag(
    name: .long,
    help: "Let denied connections be answered with a reset or an ICMP error, instead of with nothing.")
  var reject = false

  @OptionGroup var input: InputOptions
  @OptionGroup(title: "Display") var display: DisplayOptions

  func run() async throws {
    if !print { try StagingProcess.requireRights() }
    let cluster = try await input.load()
    display.report(cluster)
    try cluster.requireSomething()
    let staged = StagedCluster(cluster, denial: reject ? .told : .silent)
    let standardOutput = Terminal.standardOutput
    if print {
      standardOutput.write(staged.policies.program.text)
    } else {
      let report = try report(staged)
      switch output {
      case .text: standardOutput.write(report.text(display.style(for: 1)))
      case .json: standardOutput.write(report.data.prettyJSON)
      }
      standardOutput.flush()
      if !report.comparison.differences.isEmpty { throw ExitStatus.findings }
    }
    standardOutput.flush()
    if cluster.exitStatus != .ok { throw cluster.exitStatus }
  }

  private func report(_ staged: StagedCluster) throws -> StagingReport {
    do {
      return try StagingReport(staged)
    } catch {
      Terminal.writeError("merlon: \(error)\n")
      throw ExitStatus.unreadableInput
    }
  }
}
