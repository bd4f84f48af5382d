internal import Kubernetes

/// What a watch says about one moment (`meta/v1 WatchEvent`).
enum WatchEvent {
  /// ADDED or MODIFIED. Which of the two it is means nothing to somebody who may have missed some.
  case present(Node)
  case absent(Node)
  /// Nothing changed up to the moment that the watch has come to.
  case bookmark(endsInitialEvents: Bool)
  /// The watch is over, whatever the HTTP status said.
  case failure(APIStatus)

  /// The annotation of the bookmark after which all that was there at the beginning has been sent.
  private static let initialEventsEnd = "k8s.io/initial-events-end"

  /// Reads one; the second part is the moment after it, for all but failures.
  static func read(_ bytes: [UInt8], _ file: SourceFile) throws(APIError) -> (WatchEvent, String) {
    let event = try Document.answer(bytes, file)
    guard let object = event["object"], object.content == .mapping else {
      throw .unreadable("the server sends an event without an object in \(file.path)")
    }
    let type = event["type"]?.text ?? ""
    if type == "ERROR" { return (.failure(APIStatus(object)), "") }
    guard let version = object["metadata"]?["resourceVersion"]?.text, !version.isEmpty else {
      throw .unreadable("the server sends an object without a resourceVersion in \(file.path)")
    }
    switch type {
    case "ADDED", "MODIFIED": return (.present(object), version)
    case "DELETED": return (.absent(object), version)
    case "BOOKMARK":
      let annotations = object["metadata"]?["annotations"]?.members ?? []
      let ends = annotations.contains { $0.key.text == initialEventsEnd && $0.value.text == "true" }
      return (.bookmark(endsInitialEvents: ends), version)
    default: throw .unreadable("the server sends an event of the unknown type `\(type.prefix(40))`")
    }
  }
}
