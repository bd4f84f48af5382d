internal import Kubernetes
internal import PolicyModel

/// What was asked for, in the words of the command line; a page says it at its top.
package struct PageRequest: Sendable {
  /// Paths as they were given.
  package let inputs: [String]
  /// Options that leave rows out: `--from shop/web`.
  package let restrictions: [String]
  /// Options that decide how the input is read, word by word, for commands that the page names.
  package let readingOptions: [String]

  package init(inputs: [String] = [], restrictions: [String] = [], readingOptions: [String] = []) {
    self.inputs = inputs
    self.restrictions = restrictions
    self.readingOptions = readingOptions
  }
}

/// The texts of a page that are the same for all pairs.
struct PageFrame {
  let request: PageRequest
  let profile: String
  /// What each ``PageTables/State`` means, by its number; empty for what needs no word.
  let states: [String]
  /// `merlon explain` before the source, between the ends, and after the destination.
  let explainCommand: [String]

  init(_ report: ConnectivityReport, _ request: PageRequest) {
    self.request = request
    profile = report.cluster.profile.name
    states = [
      "nothing", "some ports", PageTraffic.text(report.filter.visible(.all)), "undefined",
      "some ports, others undefined",
      "some of these addresses", "the pod itself", report.filter.namespace == nil ? "" : "not asked for",
    ]
    // A path is no option, whatever it begins with.
    let paths = request.inputs.map { $0.hasPrefix("-") && $0 != "-" ? "./" + $0 : $0 }
    let rest = (request.readingOptions + paths).map { " " + Self.shellWord($0) }
    explainCommand = ["merlon explain --from ", " --to ", rest.joined()]
  }

  /// A word that a shell reads as this text.
  static func shellWord(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy {
      ($0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z"))
        || ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")) || "-_./:@+=,".utf8.contains($0)
    }
    if isPlain, !text.isEmpty { return text }
    return "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
