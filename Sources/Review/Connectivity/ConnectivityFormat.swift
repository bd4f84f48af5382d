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
}

/// What the rows stand for.
package enum ConnectivityGrouping: String, Sendable, CaseIterable {
  case workload
  case namespace
}
