internal import ArgumentParser
internal import Kubernetes
internal import KubernetesAPI
internal import Review

/// `merlon get policy`
struct GetPolicyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy",
    abstract: "The policy that counts.",
    discussion: """
      Its revision goes to standard error, for `merlon apply --if-revision`.

      EXAMPLES
        merlon get policy
        merlon get policy -o text > policy.yaml
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case yaml
    case json
    case text
    case name
  }

  @Option(
    name: [.customShort("o", allowingJoined: true), .long],
    help: "How to print: yaml and json say what it means, text is what was applied, with its comments.")
  var output: Format = .yaml

  @OptionGroup(title: "Control plane") var controlPlane: ControlPlaneOptions
  @OptionGroup(title: "Display") var display: DisplayOptions

  func run() async throws {
    let format = output == .name ? Format.json : output
    let (text, name, revision) = try await controlPlane.asking(display) {
      client throws(ControlPlaneFailure) in
      let (text, revision) = try await client.text(
        .controlPlane("policy", query: [("format", format.rawValue)]))
      guard format == .json else { return (text, "", revision) }
      do throws(DocumentError) {
        let policy = try Document.json(Array(text.utf8), file: SourceFile(path: "policy")).root
        let name = policy["metadata"]?.text(of: "name") ?? ""
        return (DataValue(policy).prettyJSON, name, revision)
      } catch {
        throw ControlPlaneFailure(unreadable: "the policy is not JSON", at: client.server)
      }
    }
    let standardOutput = Terminal.standardOutput
    if output == .name {
      standardOutput.line("policy/\(name)")
    } else {
      standardOutput.write(text)
      if !text.hasSuffix("\n") { standardOutput.line() }
    }
    standardOutput.flush()
    if let revision, !display.quiet { Terminal.writeError("merlon: revision \(revision)\n") }
  }
}
