extension String {
  /// Whether the text has a part, byte by byte. O(length × length of the part), and allocates nothing, unlike the
  /// standard library's search for a pattern.
  package func hasPart(_ part: String) -> Bool {
    let (bytes, wanted) = (utf8, part.utf8)
    guard let first = wanted.first else { return true }
    var start = bytes.startIndex
    while let found = bytes[start...].firstIndex(of: first) {
      if bytes[found...].starts(with: wanted) { return true }
      start = bytes.index(after: found)
    }
    return false
  }
}
