internal import ArgumentParser
internal import Kubernetes
internal import PolicyEngine
internal import Review

/// `merlon coverage`
struct CoverageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coverage",
    abstract: "Which pods are closed, and what a default deny would cut.",
    discussion: """
      By workload and direction: isolated by which policies, or open; and percentages of each namespace.

      With --plan default-deny: for each namespace but those of the system, the connections that a default deny would
      cut and that something declares to need (Services in the environment, scrapes, webhooks, Ingresses, the Kubernetes
      API, DNS), and NetworkPolicies that close the namespace and keep them. What nothing declares is cut.

      EXAMPLES
        merlon coverage deploy/
        merlon coverage -o csv deploy/ > coverage.csv
        merlon coverage --plan default-deny -n shop deploy/ > default-deny.yaml
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text
    case json
    case md
    case csv
  }

  enum Plan: String, ExpressibleByArgument, CaseIterable {
    case defaultDeny = "default-deny"
  }

  @Option(name: [.customShort("o", allowingJoined: true), .long], help: "How to print.")
  var output: Format = .text

  @Option(name: [.customShort("n", allowingJoined: true), .long], help: "Only this namespace.")
  var namespace: String?

  @Option(name: .long, help: "Write policies for this aim, with what they keep.")
  var plan: Plan?

  @OptionGroup var input: InputOptions
  @OptionGroup(title: "Display") var display: DisplayOptions

  func run() async throws {
    let read = await input.reading.read(input.paths, withDeclarations: plan != nil)
    let whole = plan == nil ? read : read.assumingDNS()
    let cluster = try input.reading.cluster(of: whole)
    display.report(cluster)
    try cluster.requireSomething()
    try cluster.requireNamespace(namespace)
    let standardOutput = Terminal.standardOutput
    if plan == nil {
      write(CoverageReport(cluster, namespace: namespace), to: standardOutput)
    } else {
      write(DefaultDenyPlan(whole, cluster, namespace: namespace), to: standardOutput)
    }
    standardOutput.flush()
    if cluster.exitStatus != .ok { throw cluster.exitStatus }
  }

  private func write(_ report: CoverageReport, to standardOutput: Output) {
    switch output {
    case .text: standardOutput.write(report.text(display.style(for: 1)))
    case .json: standardOutput.write(report.data.prettyJSON)
    case .md: standardOutput.write(report.markdown)
    case .csv: standardOutput.write(report.csv)
    }
  }

  private func write(_ plan: DefaultDenyPlan, to standardOutput: Output) {
    switch output {
    case .text: standardOutput.write(plan.text)
    case .json: standardOutput.write(plan.data.prettyJSON)
    case .md: standardOutput.write(plan.markdown)
    case .csv: standardOutput.write(plan.csv)
    }
  }
}
