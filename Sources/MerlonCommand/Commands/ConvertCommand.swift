internal import ArgumentParser
internal import Kubernetes
internal import Review
internal import SourceGroups

/// `merlon convert`
struct ConvertCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Write a policy document of Neuwerk as a SourceGroupPolicy.",
    discussion: """
      What is decided stays; what is decided otherwise, and what is probably not meant, is said on standard error with its
      place. Nothing is asked of any server.

      EXAMPLES
        merlon convert neuwerk.yaml > policy.yaml
        merlon convert neuwerk.json | merlon apply -f - --plan

      EXIT CODES
        0 converted; 1 a rule is left out, or something that denies cannot be said, and then nothing is written;
        2 wrong usage; 3 the file cannot be read
      """)

  @Argument(help: "A document in YAML or JSON, or - for standard input.", completion: .file())
  var file: String

  @Option(name: .long, help: "What the policy is to be called.")
  var name = "converted"

  @OptionGroup(title: "Display") var display: DisplayOptions

  func validate() throws { try Self.require(name, NameRules.subdomainProblem) }

  func run() async throws {
    let text = try display.text(of: file)
    let conversion = NeuwerkConversion(text, name: name)
    display.report(conversion.notes)
    if conversion.notes.contains(where: \.code.meansUnreadable) { throw ExitStatus.unreadableInput }
    guard let policy = conversion.policy else {
      Terminal.writeError("merlon: nothing is written, as a part of the document cannot be said\n")
      throw ExitStatus.findings
    }
    let output = Terminal.standardOutput
    output.write(policy.data.yaml)
    output.flush()
    if conversion.notes.contains(where: { $0.code == .conversionLost }) { throw ExitStatus.findings }
  }
}
