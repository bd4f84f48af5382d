internal import ArgumentParser
internal import Kubernetes
internal import KubernetesAPI
internal import Review
internal import SourceGroups

/// `merlon apply`
struct ApplyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply",
    abstract: "Let a policy count at a control plane, and integrations be as documents say.",
    discussion: """
      A document is a SourceGroupPolicy or an Integration; a file may have several. All of them are read before anything is
      sent, and all that is wrong is reported. Integrations go first. What a document of an Integration leaves out is
      removed, but for the token:

        apiVersion: merlon.dev/v1alpha1
        kind: Integration
        name: prod
        server: https://10.0.0.1:6443
        certificateAuthorityFile: prod-ca.pem
        tokenFile: prod.token

      EXAMPLES
        merlon apply -f policy.yaml --plan
        merlon apply -f policy.yaml --if-revision 7 --note "MRL-12: open the bank"
        merlon convert neuwerk.yaml | merlon apply -f - --dry-run

      EXIT CODES
        0 ok; 1 a document is refused, another revision counts, or --plan found a difference; 2 wrong usage, or the token
        does not count; 3 a file cannot be read, or the control plane cannot be reached
      """)

  @Option(
    name: [.customShort("f", allowingJoined: true), .long],
    help: "A file of documents, or - for standard input. May be repeated.", completion: .file())
  var filename: [String]

  @Flag(name: .long, help: "Check everything, and change nothing.")
  var dryRun = false

  @Flag(
    name: .long,
    help: """
      Say what would be decided otherwise, for every cluster, and change nothing. Ends with 1 when anything would.
      """)
  var plan = false

  @Option(
    name: .long,
    help: "Refuse the policy when another revision than this one counts; 0 for when there is one at all.")
  var ifRevision: Int?

  @Option(name: .long, help: "Why, for the list of revisions.")
  var note: String?

  @OptionGroup(title: "Control plane") var controlPlane: ControlPlaneOptions
  @OptionGroup(title: "Display") var display: DisplayOptions

  func validate() throws {
    if filename.isEmpty { throw ValidationError("name the documents with -f, or - for standard input") }
    if dryRun, plan { throw ValidationError("--dry-run and --plan exclude each other") }
    if plan, note != nil { throw ValidationError("--note is for what is stored, and --plan stores nothing") }
    if let ifRevision, ifRevision < 0 { throw ValidationError("revisions are numbered from 1") }
  }

  func run() async throws {
    var problems: [Diagnostic] = []
    let documents = AppliedDocument.read(filename, &problems)
    if !problems.isEmpty {
      display.report(problems)
      throw problems.contains { $0.code.meansUnreadable } ? ExitStatus.unreadableInput : ExitStatus.findings
    }
    let request = ApplyRequest(
      documents, purpose: plan ? .plan : dryRun ? .dryRun : .apply, ifRevision: ifRevision, note: note)
    let report = try await controlPlane.asking(display) { client throws(ControlPlaneFailure) in
      try await request.run(client)
    }
    let output = Terminal.standardOutput
    output.write(TerminalText.safe(report.lines.map { $0 + "\n" }.joined()))
    output.flush()
    display.report(report.problems)
    if report.status != .ok { throw report.status }
  }
}
