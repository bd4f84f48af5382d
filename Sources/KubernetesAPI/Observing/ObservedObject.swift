package import Kubernetes

/// An object as it is kept while its cluster is followed.
package protocol ObservedObject: Sendable, Hashable {
  /// Where an API server has them.
  static var resource: APIResource { get }

  var name: NamespacedName { get }
  var uid: String { get }

  /// Reads what is kept. What cannot be read is never left out: whoever follows would take it for absent.
  ///
  /// - Parameter shared: texts and labels that objects have in common.
  init(_ object: Node, _ shared: inout SharedTexts) throws(APIError)
}

/// Texts and labels that many objects have, so that they stand in memory once.
package struct SharedTexts: Sendable {
  private var texts: Set<String> = []
  private var labels: [Labels: Labels] = [:]

  /// As clusters change, what nobody has any more is forgotten with the rest; sharing saves memory, no more.
  private static let most = 1 << 16

  package init() {}

  mutating func shared(_ text: String) -> String {
    // Short texts need no memory of their own.
    if text.utf8.count < 16 { return text }
    if texts.count >= Self.most { texts = [] }
    return texts.insert(text).memberAfterInsert
  }

  mutating func shared(_ pairs: [String: String]) -> Labels {
    let own = Labels(pairs)
    if let known = labels[own] { return known }
    if labels.count >= Self.most { labels = [:] }
    labels[own] = own
    return own
  }
}

/// The parts of `metadata` that are read of every object.
struct ObservedMeta {
  let name: NamespacedName
  let uid: String
  let labels: Labels

  init(_ object: Node, of resource: APIResource, _ shared: inout SharedTexts) throws(APIError) {
    if let kind = object["kind"], kind.text != resource.kind {
      throw .unreadable("the server sends one that is no \(resource.kind) among \(resource.qualifiedName)")
    }
    let meta = object["metadata"]
    let name = meta?["name"]?.text ?? ""
    let namespace = meta?["namespace"]?.text ?? ""
    let uid = meta?["uid"]?.text ?? ""
    guard !name.isEmpty, !uid.isEmpty, namespace.isEmpty != resource.isNamespaced else {
      throw .unreadable(
        "the server sends one of \(resource.qualifiedName) without a name, a UID or a right namespace")
    }
    self.name = NamespacedName(namespace: shared.shared(namespace), name: name)
    self.uid = uid
    var pairs: [String: String] = [:]
    for (key, value) in meta?["labels"]?.members ?? [] {
      guard value.content == .scalar, value.scalar == .string else {
        throw .unreadable("the server sends \(self.name) with a label that is no text: \(key.text)")
      }
      pairs[shared.shared(key.text)] = shared.shared(value.text)
    }
    labels = shared.shared(pairs)
  }
}

extension Node {
  /// The address that an API server says an object has.
  func observedAddress(of name: NamespacedName) throws(APIError) -> IPAddress {
    guard let address = IPAddress(text) else {
      throw .unreadable("the server sends \(name) with an address that is none: \(text.prefix(60))")
    }
    return address
  }

  /// The text of a member; empty when it is absent or null.
  func observedText(_ key: StaticString) -> String {
    guard let member = self[key], !member.isNull else { return "" }
    return member.text
  }

  func observedFlag(_ key: StaticString) -> Bool {
    if case .bool(true)? = self[key]?.scalar { true } else { false }
  }
}
