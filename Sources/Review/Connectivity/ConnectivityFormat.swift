/// The forms of a connectivity report.
package enum ConnectivityFormat: String, Sendable, CaseIterable {
  case text
  case json
  case yaml
  case csv
  case md
  case dot
  case mermaid
  case svg
  /// A page with the matrix, the rules behind each pair, and the picture.
  case html
}

/// What the rows stand for.
package enum ConnectivityGrouping: String, Sendable, CaseIterable {
  case workload
  case namespace
}
