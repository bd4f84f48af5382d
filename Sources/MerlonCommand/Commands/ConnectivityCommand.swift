internal import ArgumentParser
internal import Kubernetes
internal import PolicyEngine
internal import PolicyModel
internal import Review

extension ConnectivityFormat: ExpressibleByArgument {}
extension ConnectivityGrouping: ExpressibleByArgument {}

/// `merlon connectivity`
struct ConnectivityCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "connectivity",
    abstract: "Who can talk to whom, on which ports.",
    discussion: """
      One row per source, destination and ports. Ends are workloads, ranges of addresses outside the input, and
      domain names that policies mention, where more is open to them than to every address.
      Ports that the specification leaves open, or that depend on what the input does not say, stand in rows of
      their own, marked undefined.

      EXAMPLES
        merlon connectivity deploy/
        merlon connectivity --from shop/web --port tcp/443 deploy/
        merlon connectivity --to shop/db --explain deploy/
        merlon connectivity -o svg deploy/ > picture.svg
        merlon connectivity -o html deploy/ > report.html
        merlon connectivity --exposure deploy/
      """)

  @Option(name: [.customShort("o", allowingJoined: true), .long], help: "How to print.")
  var output: ConnectivityFormat = .text

  @Option(
    name: [.customShort("n", allowingJoined: true), .long], help: "Only rows with an end in this namespace.")
  var namespace: String?

  @Option(
    name: .long, help: "Only rows from here: shop/web, shop/*, shop/deployment/web, internet or an address.")
  var from: String?

  @Option(name: .long, help: "Only rows to here, written as for --from, or a domain name.")
  var to: String?

  @Option(name: .long, help: "Only this port, such as tcp/443.")
  var port: String?

  @Option(name: .long, help: "What rows stand for.")
  var groupBy: ConnectivityGrouping = .workload

  @Flag(name: .long, help: "What is open to and from pods that are not in the input.")
  var exposure = false

  @Flag(name: .long, help: "Name the rules behind every row.")
  var explain = false

  @OptionGroup(title: "Input") var input: InputOptions
  @OptionGroup(title: "Display") var display: DisplayOptions

  func validate() throws {
    _ = try filter()
    if explain, groupBy == .namespace || exposure || [.csv, .dot, .mermaid, .svg].contains(output) {
      throw ValidationError("--explain goes with rows of workloads as text, json, yaml, md or html")
    }
    if exposure, groupBy == .namespace || [.dot, .mermaid, .svg, .html].contains(output) {
      throw ValidationError("--exposure is printed as text, json, yaml, csv or md, by workload")
    }
  }

  func run() async throws {
    let cluster = try await input.load()
    display.report(cluster)
    try cluster.requireSomething()
    let report = ConnectivityReport(cluster, filter: try filter())
    let unknown = report.unknownNames
    if !unknown.isEmpty {
      Terminal.writeError(unknown.map { $0.text(display.style(for: 2)) + "\n" }.joined())
      throw cluster.statusForUnknownName
    }
    let standardOutput = Terminal.standardOutput
    if exposure {
      ExposureReport(report).write(output, to: standardOutput)
    } else {
      report.write(output, grouping: groupBy, explains: explain, for: request, to: standardOutput)
    }
    if cluster.exitStatus != .ok { throw cluster.exitStatus }
  }

  /// The question in the words of the command line.
  private var request: PageRequest {
    let narrowing = [("-n", namespace), ("--from", from), ("--to", to), ("--port", port)]
    return PageRequest(
      inputs: input.paths,
      restrictions: narrowing.compactMap { name, value in value.map { "\(name) \($0)" } },
      readingOptions: input.reading.commandLine)
  }

  private func filter() throws -> ConnectivityFilter {
    do throws(ConnectivityFilter.TextProblem) {
      return try ConnectivityFilter(namespace: namespace, from: from, to: to, port: port)
    } catch {
      throw ValidationError("--\(error.name) `\(error.text)` \(error.message)")
    }
  }
}
