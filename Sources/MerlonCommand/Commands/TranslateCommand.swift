internal import ArgumentParser
internal import Dialects
internal import Kubernetes
internal import PolicyEngine
internal import Review

/// `merlon translate`
struct TranslateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "translate",
    abstract: "Write existing policies in another dialect, and prove that they mean the same.",
    discussion: """
      What the other dialect cannot say is an error with the place of the rule, unless --accept names it or --approximate
      lives with all of it and says what is widened and what is narrowed. The result is read back and compared with the
      policies in every cluster; the certificate ends the output, as comments.

      AdminNetworkPolicies and BaselineAdminNetworkPolicies (v1alpha1) are ClusterNetworkPolicies here: --from
      clusterNetworkPolicy --to clusterNetworkPolicy writes them as v1alpha2.

      EXAMPLES
        merlon translate policies/ --from calico --to kubernetes
        merlon translate policies/ --from kubernetes --to cilium > cilium.yaml
        merlon translate anp.yaml --from clusterNetworkPolicy --to clusterNetworkPolicy
        merlon translate policies/ --from cilium --to kubernetes --approximate

      EXIT CODES
        0 ok; 1 something cannot be said, or the result does not mean the same; 2 wrong usage; 3 input that could not be read
      """)

  @Argument(help: InputOptions.pathsHelp, completion: .file())
  var paths: [String] = []

  @Option(name: .long, help: "The dialect of the policies.")
  var from: WritableDialect

  @Option(name: .long, help: "The dialect to write.")
  var to: WritableDialect

  @Option(name: .long, help: "The name of a loss to live with; may be given several times.")
  var accept: [String] = []

  @Flag(name: .long, help: "Live with every loss.")
  var approximate = false

  @OptionGroup(title: "Input") var reading: ReadingOptions
  @OptionGroup(title: "Display") var display: DisplayOptions

  func validate() throws { try reading.requireInput(paths) }

  func run() async throws {
    let input = await reading.read(paths)
    let cluster = input.cluster(from.profile)
    let translation = Translation(input, from: from, to: to)
    let style = display.style(for: 2)
    let least: Diagnostic.Severity = display.quiet ? .error : .warning
    for problem in translation.problems where problem.severity >= least {
      Terminal.writeError(problem.text(style) + "\n")
    }
    try cluster.requireSomething()
    if translation.otherCount > 0, !display.quiet {
      let count = translation.otherCount
      Terminal.writeError(
        "merlon: \(count) \(count == 1 ? "policy" : "policies") of other dialects \(count == 1 ? "is" : "are") left out\n"
      )
    }
    // What is written without the policies that are wrong is not what anybody meant.
    if translation.hasErrors || cluster.isIncomplete {
      Terminal.writeError("merlon: nothing is written, as a part of the input is wrong\n")
      throw cluster.isIncomplete ? ExitStatus.unreadableInput : ExitStatus.findings
    }
    if translation.policyCount == 0 {
      Terminal.writeError("merlon: the input has no policy of \(from.rawValue)\n")
      throw ExitStatus.findings
    }
    try requireKnownLosses()
    var isUnsaid = false
    for loss in translation.written.losses {
      let isAccepted = approximate || loss.effect.isEmpty || accept.contains(loss.name.rawValue)
      isUnsaid = isUnsaid || !isAccepted
      Terminal.writeError(loss.diagnostic(isAccepted: isAccepted).text(style) + "\n")
    }
    if isUnsaid { throw ExitStatus.findings }
    let proof = try prove(translation)
    let output = Terminal.standardOutput
    output.write(translation.written.objects.yaml)
    output.write(proof.comments)
    output.flush()
    if !proof.holds { throw ExitStatus.findings }
  }

  private func requireKnownLosses() throws {
    for name in accept where !Loss.Name.all.contains(Loss.Name(rawValue: name)) {
      throw ValidationError(Loss.Name.unknownText(name))
    }
  }

  private func prove(_ translation: Translation) throws -> RenderingProof {
    do throws(TooManyDistinctions) {
      return try translation.prove()
    } catch {
      Terminal.writeError(
        "merlon: the policies tell more than \(error.limit) kinds of pods apart: translate them in parts\n")
      throw ExitStatus.findings
    }
  }
}

extension WritableDialect: ExpressibleByArgument {}

extension Loss {
  /// An error unless it is lived with; then a warning, or a note if nothing is let through or denied by it.
  fileprivate func diagnostic(isAccepted: Bool) -> Diagnostic {
    let effects = [
      effect.contains(.widens) ? "widens" : nil, effect.contains(.narrows) ? "narrows" : nil,
    ].compactMap { $0 }
    return Diagnostic(
      .init(rawValue: name.rawValue), isAccepted ? (effect.isEmpty ? .note : .warning) : .error,
      "\(policy): \(message)\(effects.isEmpty ? "" : " (\(effects.joined(separator: " and ")))")",
      at: location,
      fix: isAccepted
        ? nil
        : [fix, "accept it by its name, --accept \(name.rawValue)"].compactMap { $0 }
          .joined(separator: ", or "))
  }
}
