extension ManifestReader {
  /// The whole text of one file, or of standard input for `-`, with the same limits as manifests.
  ///
  /// - Returns: the bytes, whatever they are; nothing and the problem when it cannot be read.
  package static func readText(path: String) -> (text: [UInt8], problem: Diagnostic?) {
    do throws(UnreadableInput) {
      return (try ManifestText(contentsOf: path, requiresUTF8: false).bytes, nil)
    } catch {
      return ([], error.problem)
    }
  }
}
