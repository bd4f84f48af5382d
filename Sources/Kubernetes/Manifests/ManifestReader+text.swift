extension ManifestReader {
  /// The whole text of one file, or of standard input for `-`, with the same limits as manifests.
  ///
  /// - Returns: an empty text and the problem when it cannot be read.
  package static func readText(path: String) -> (text: String, problem: Diagnostic?) {
    let (texts, problems) = ManifestInput.collectFile(path: path)
    return (texts.first.map { String(decoding: $0.bytes, as: UTF8.self) } ?? "", problems.first)
  }
}
