extension DomainPattern {
  /// A name that the pattern matches, and no other pattern unless it says so: each wildcard stands for a word that
  /// nobody would write.
  package var example: String {
    let name = description.split(separator: "*", omittingEmptySubsequences: false).joined(separator: "x--x")
    return name.hasSuffix(".") ? String(name.dropLast()) : name
  }
}
