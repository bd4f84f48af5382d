internal import Kubernetes

extension Document {
  /// What an API server sent, as data.
  static func answer(_ bytes: [UInt8], _ file: SourceFile) throws(APIError) -> Node {
    do {
      return try Document.json(bytes, file: file).root
    } catch {
      throw .unreadable("the answer to \(file.path) is not JSON: \(error.message)")
    }
  }
}

extension JSONSplitter {
  /// The same as ``append(_:_:)``, with its problems in the words of whoever asked for `path`.
  mutating func append(
    _ piece: [UInt8], of path: String, _ body: ([UInt8]) throws(APIError) -> Void
  ) throws(APIError) {
    do {
      try append(piece, body)
    } catch let error as APIError {
      throw error
    } catch Problem.tooLarge {
      throw .unreadable("an object in the answer to \(path) is larger than any cluster can store")
    } catch {
      throw .unreadable("the answer to \(path) is not JSON: expected an object")
    }
  }
}
