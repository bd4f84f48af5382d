/// The objects of one pretended cluster in all their versions, as etcd has them.
struct FakeStore: Sendable {
  typealias Resource = FakeCluster.Resource

  struct Event: Sendable {
    enum Kind: String { case added = "ADDED", modified = "MODIFIED", deleted = "DELETED" }

    let version: Int
    let resource: Resource
    let kind: Kind
    /// With its `resourceVersion`, without `kind` and `apiVersion`, as in lists.
    let json: String
  }

  private(set) var version = 100
  /// What can no longer be followed.
  private(set) var compacted = 0
  /// By version, all that have not been compacted.
  private(set) var events: [Event] = []
  private var objects: [Resource: [String: String]] = [:]
  /// Of lists that were begun and have more pages.
  private var lists: [Int: [Resource: [String]]] = [:]

  init(_ items: [Resource: [String]]) {
    for (resource, items) in items.sorted(by: { $0.key.path < $1.key.path }) {
      objects[resource] = [:]
      for (index, json) in items.enumerated() {
        objects[resource]?[FakeCluster.initialKey(index)] = Self.versioned(json, version)
      }
    }
  }

  var resources: [Resource] { Array(objects.keys) }

  mutating func put(_ resource: Resource, _ key: String, _ json: String) -> Event {
    version += 1
    let json = Self.versioned(json, version)
    let old = objects[resource, default: [:]].updateValue(json, forKey: key)
    return note(
      Event(version: version, resource: resource, kind: old == nil ? .added : .modified, json: json))
  }

  /// Nil when there is no such object.
  mutating func remove(_ resource: Resource, _ key: String) -> Event? {
    guard let old = objects[resource]?.removeValue(forKey: key) else { return nil }
    version += 1
    return note(
      Event(version: version, resource: resource, kind: .deleted, json: Self.reversioned(old, version)))
  }

  private mutating func note(_ event: Event) -> Event {
    events.append(event)
    return event
  }

  /// Forgets how the present came about, and what lists have not yet read.
  mutating func compact() {
    compacted = version
    events = []
    lists = [:]
  }

  /// All of a resource at the moment, by key.
  func all(_ resource: Resource) -> [String] {
    (objects[resource] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
  }

  /// What came after a version; nil when it is forgotten.
  func events(after version: Int, of resource: Resource) -> [Event]? {
    if version < compacted { return nil }
    return events.filter { $0.version > version && $0.resource == resource }
  }

  struct Page {
    let items: ArraySlice<String>
    let version: Int
    let next: String?
  }

  /// A page of one moment; nil when the token is of a moment that is forgotten.
  mutating func page(_ resource: Resource, limit: Int, token: String?) -> Page? {
    var (moment, first) = (version, 0)
    if let token {
      let parts = token.split(separator: ".").compactMap { Int($0) }
      guard parts.count == 2, let list = lists[parts[0]]?[resource], parts[1] <= list.count else {
        return nil
      }
      (moment, first) = (parts[0], parts[1])
    }
    let items = lists[moment]?[resource] ?? all(resource)
    let page = items.dropFirst(first).prefix(limit)
    if page.endIndex < items.count { lists[moment, default: [:]][resource] = items }
    return Page(
      items: page, version: moment, next: page.endIndex < items.count ? "\(moment).\(page.endIndex)" : nil)
  }

  private static func versioned(_ json: String, _ version: Int) -> String {
    json.replacing(
      #""metadata":{"#, with: #""metadata":{"resourceVersion":"\#(version)","#, maxReplacements: 1)
  }

  private static func reversioned(_ json: String, _ version: Int) -> String {
    json.replacing(
      /"metadata":\{"resourceVersion":"[0-9]+"/, with: #""metadata":{"resourceVersion":"\#(version)""#,
      maxReplacements: 1)
  }
}
