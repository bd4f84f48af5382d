extension ManifestReader {
  /// The whole text of one file, or of standard input for `-`, with the same limits as manifests.
  ///
  /// - Returns: the bytes, whatever they are; nothing and the problem when it cannot be read.
  package static func readText(path: String) -> (text: [UInt8], problem: Diagnostic?) {
    let (texts, problems) = ManifestInput.collectFile(path: path)
    return (texts.first?.bytes ?? [], problems.first)
  }
}
