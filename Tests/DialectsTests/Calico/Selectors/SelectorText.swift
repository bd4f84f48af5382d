import Kubernetes

@testable import Dialects

/// A selector read from a text that stands in column 11 of line 1.
func selector(_ text: String) throws(CalicoSelectorError) -> CalicoSelector {
  let location = SourceLocation(file: SourceFile(path: "s.yaml"), line: 1, column: 11)
  return CalicoSelector(
    try CalicoSelectorParser.parse(text, location: location, textStart: location), location: location)
}

extension CalicoSelector {
  func matches(_ labels: [String: String]) -> Bool { matches { labels[$0] } }
}
