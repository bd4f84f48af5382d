internal import Kubernetes

extension TokenFile {
  /// Reads the token that is in the file now; blanks and line breaks around it do not count.
  ///
  /// - Throws: what is wrong with the file, never what is in it.
  package func read() throws(AccessError) -> Secret<String> {
    let bytes: [UInt8]
    do throws(UnreadableInput) {
      bytes = try ManifestText(contentsOf: path, requiresUTF8: false).bytes
    } catch {
      throw failure("cannot be read: \(error.problem.message)")
    }
    let token = String(decoding: bytes[...].trimmingBlanks, as: UTF8.self)
    if let problem = Credential.tokenProblem(token) { throw failure(problem) }
    return Secret(token)
  }

  private func failure(_ message: String) -> AccessError {
    AccessError(Diagnostic(.noCredential, .error, "the token file \(path) \(message)", at: location))
  }
}
