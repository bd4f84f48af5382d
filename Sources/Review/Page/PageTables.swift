/// What a page shows, as tables of numbers: who is there, what flows between each pair of them, and why.
///
/// Everything that many pairs share is there once, so that a page grows with what policies distinguish. The script of the
/// page looks things up in it and decides nothing.
struct PageTables {
  /// Somebody who sends or receives: a workload, something outside, or a namespace.
  struct End {
    /// As in rows of other formats; links name it.
    let name: String
    /// Without the namespace, for headings of rows and columns.
    let label: String
    /// Index into ``PageTables/namespaces``; nil outside of them.
    let namespace: Int?
    /// `Deployment`, `outside the input`.
    let kind: String
    /// `ingress isolated, egress open`; empty where it means nothing.
    let isolation: String
    /// Whether `merlon explain` knows it by its name.
    let canBeExplained: Bool
  }

  /// How a pair looks in the matrix; the numbers are those of the script.
  enum State: Int {
    /// Nothing flows.
    case none = 0
    case some = 1
    case all = 2
    /// Nothing certainly flows, and something possibly does.
    case undefined = 3
    /// Something certainly flows, and more possibly.
    case someAndUndefined = 4
    /// An end's addresses fare differently.
    case mixed = 5
    /// A single pod and itself: it is no row.
    case itself = 6
    /// Left out by a filter, or nothing that policies decide.
    case notAsked = 7
  }

  /// What flows between two ends; pairs with the same have one number.
  struct Flow: Hashable {
    let state: State
    /// Indices into ``PageTables/traffic``; -1 for nothing.
    var allowed = -1
    var undefined = -1
    var denied = -1
    /// Which of the three has most ports and is called all others: 0, 1, 2; -1 when there is one only.
    var rest = -1
    /// Numbers of the ends whose rows say it, where this pair has no row of its own.
    var within: [Int] = []
    /// Whether more than the two directions decides.
    var dependsOnPlacement = false

    /// How many rows other formats have for a pair with it.
    var rowCount: Int { (allowed < 0 ? 0 : 1) + (undefined < 0 ? 0 : 1) }
  }

  /// A row that is not between two workloads, as other formats have it.
  struct OutsideRow {
    let source: Int
    let destination: Int
    let allowed: Int
    let undefined: Int
  }

  var ends: [End] = []
  /// Sorted by name; the number decides the colour, as in pictures.
  var namespaces: [String] = []
  /// Numbers of ends.
  var sources: [Int] = []
  var destinations: [Int] = []
  var traffic = PageTraffic()
  var flows = Numbering<Flow>()
  var reasons = PageReasons()
  /// By source and destination, numbers of ``flows``.
  var flowRows = RunLengthRows()
  /// By source and destination, numbers of reasons; none where pairs have no reasons.
  var egressRows = RunLengthRows()
  /// By destination and source, likewise.
  var ingressRows = RunLengthRows()
  /// The ends before this one are in the input, and their pairs are rows.
  var insideCount = 0
  var outsideRows: [OutsideRow] = []
  /// How many rows other formats have.
  var connectionCount = 0
  /// Whether ends inside are namespaces instead of workloads.
  var isByNamespace = false
}

/// Gives equal values one number.
struct Numbering<Value: Hashable> {
  private(set) var values: [Value] = []
  private var numbers: [Value: Int] = [:]

  mutating func number(of value: Value) -> Int {
    if let known = numbers[value] { return known }
    numbers[value] = values.count
    values.append(value)
    return values.count - 1
  }
}

/// Rows of numbers of which neighbours are often equal. Equal rows are kept once.
struct RunLengthRows {
  /// Value, count, value, count, ….
  private(set) var rows = Numbering<[Int32]>()
  /// The row of each line.
  private(set) var lines: [Int] = []

  mutating func append(_ values: [Int32]) {
    var runs: [Int32] = []
    for value in values {
      if runs.count > 1, runs[runs.count - 2] == value {
        runs[runs.count - 1] += 1
      } else {
        runs += [value, 1]
      }
    }
    lines.append(rows.number(of: runs))
  }
}
