internal import ArgumentParser
internal import Kubernetes
internal import Merlon
internal import PolicyEngine
internal import Review

internal import enum Dialects.WritableDialect

/// `merlon import`
struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Write existing policies as Swift source for the library Merlon.",
    discussion: """
      The source declares an Intent with one Policy for each policy of the input. Rendered for the dialect that it came
      from, it means the same, which is proved before it is printed. Output of cdk8s is read like other manifests.

      EXAMPLES
        merlon import policies/ --swift > Sources/Policies/Imported.swift
        merlon import dist/ --from cilium --swift --name shop

      EXIT CODES
        0 ok; 1 an intent cannot say all of it, or does not mean the same; 2 wrong usage; 3 input that could not be read
      """)

  @Argument(help: InputOptions.pathsHelp, completion: .file())
  var paths: [String] = []

  @Option(name: .long, help: "The dialect of the policies.")
  var from: WritableDialect = .kubernetes

  @Flag(name: .long, help: "Write Swift; the only form there is.")
  var swift = false

  @Option(name: .long, help: "The name of the constant.")
  var name = "intent"

  @OptionGroup(title: "Input") var reading: ReadingOptions
  @OptionGroup(title: "Display") var display: DisplayOptions

  /// Words that Swift needs itself where a constant's name stands, and names that would hide the library's type.
  private static let reservedWords: Set<String> = [
    "_", "Any", "Intent", "Protocol", "Self", "Type", "as", "associatedtype", "break", "case", "catch",
    "class",
    "continue", "default", "defer", "deinit", "do", "else", "enum", "extension", "fallthrough", "false",
    "fileprivate",
    "for", "func", "guard", "if", "import", "in", "init", "inout", "internal", "is", "let", "nil", "operator",
    "precedencegroup", "private", "protocol", "public", "repeat", "rethrows", "return", "self", "static",
    "struct",
    "subscript", "super", "switch", "throw", "throws", "true", "try", "typealias", "var", "where", "while",
  ]

  func validate() throws {
    try reading.requireInput(paths)
    if !swift { throw ValidationError("say what to write: --swift") }
    let isName =
      name.first.map { $0.isLetter || $0 == "_" } ?? false
      && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
    if !isName || Self.reservedWords.contains(name) {
      throw ValidationError("--name `\(name)` is no name of a constant")
    }
  }

  func run() async throws {
    let input = await reading.read(paths)
    let cluster = input.cluster(from.profile)
    let translation = Translation(input, from: from, to: from)
    for problem in translation.problems where problem.severity == .error || display.verbose {
      Terminal.writeError(problem.text(display.style(for: 2)) + "\n")
    }
    try cluster.requireSomething()
    if translation.hasErrors || cluster.isIncomplete {
      throw cluster.isIncomplete ? ExitStatus.unreadableInput : ExitStatus.findings
    }
    let intent = try proved(translation)
    let output = Terminal.standardOutput
    output.write(intent.swiftSource(named: name))
    output.flush()
  }

  /// The intent of the policies, if what it is rendered as means the same.
  private func proved(_ translation: Translation) throws -> Intent {
    let intent: Intent
    let yaml: String
    do throws(Problems) {
      intent = try Intent(importing: translation)
      yaml = try intent.render(Dialect(from), accepting: Set(translation.lossNames.map { Loss.Name($0) }))
        .yaml
    } catch {
      let style = display.style(for: 2)
      for problem in error.all { Terminal.writeError(problem.diagnostic.text(style) + "\n") }
      throw ExitStatus.findings
    }
    do throws(TooManyDistinctions) {
      let proof = try translation.prove(yaml)
      if proof.holds { return intent }
      Terminal.writeError(proof.text(display.style(for: 2)))
    } catch {
      Terminal.writeError("merlon: the policies tell more than \(error.limit) kinds of pods apart\n")
    }
    throw ExitStatus.findings
  }
}
