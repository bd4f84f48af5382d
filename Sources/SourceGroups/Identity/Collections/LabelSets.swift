internal import Kubernetes

/// The distinct sets of labels that objects have, each kept once, and which of them have which label.
///
/// Replicas have one set, so a new selector looks at a few thousand of these, not at 100,000 pods.
struct LabelSets: Sendable {
  private struct Content {
    let labels: Labels
    var users: Int32
    /// Into ``nodes``: the first of this set's labels.
    let firstNode: Int32
  }

  /// One label of one set, in the list of all sets that have it.
  private struct Node {
    let set: Slot
    var next: Int32
    var previous: Int32
    /// The next label of the same set.
    let sibling: Int32
  }

  private struct Posting {
    var first: Int32
    var count: Int32
  }

  private var contents = Slots<Content>()
  private var slots: [Labels: Slot] = [:]
  private var nodes = Slots<Node>()
  /// By hash of key and value. Two labels with one hash share a list, which makes it longer and no set wrong.
  private var postings: [Int: Posting] = [:]

  private static let end: Int32 = -1

  var count: Int { contents.count }

  /// The slot must be in use.
  subscript(slot: Slot) -> Labels { contents[slot]?.labels ?? .none }

  /// All slots in use. O(sets).
  var all: some Sequence<Slot> { contents.taken }

  /// Counts one more object with these labels. O(labels).
  mutating func acquire(_ labels: Labels) -> Slot {
    if let slot = slots[labels] {
      contents[slot]?.users += 1
      return slot
    }
    let slot = contents.next
    var sibling = Self.end
    for label in labels.entries { sibling = post(slot, Self.hash(label.key, label.value), sibling: sibling) }
    slots[labels] = slot
    return contents.insert(Content(labels: labels, users: 1, firstNode: sibling))
  }

  /// Counts one less. O(labels).
  mutating func release(_ slot: Slot) {
    guard let content = contents[slot] else { return }
    guard content.users == 1 else {
      contents[slot]?.users -= 1
      return
    }
    var node = content.firstNode
    // The list of siblings starts with the last label.
    for label in content.labels.entries.reversed() {
      node = unpost(node, Self.hash(label.key, label.value))
    }
    slots[content.labels] = nil
    contents.remove(slot)
  }

  /// How many sets have one of the labels that a requirement asks for, at least; all sets where it asks for none. O(values).
  func count(meeting requirement: LabelRequirement) -> Int {
    guard case .isIn(let values) = requirement.operator else { return count }
    return values.reduce(0) { $0 + Int(postings[Self.hash(requirement.key, $1)]?.count ?? 0) }
  }

  /// Goes through the sets that may meet a requirement, and maybe a few that do not. O(of these); for other requirements than
  /// `isIn`, O(sets).
  func forEach(meeting requirement: LabelRequirement?, _ body: (Slot) -> Void) {
    guard let requirement, case .isIn(let values) = requirement.operator else {
      all.forEach(body)
      return
    }
    for value in values {
      var index = postings[Self.hash(requirement.key, value)]?.first ?? Self.end
      while index != Self.end, let node = nodes[index] {
        body(node.set)
        index = node.next
      }
    }
  }

  private mutating func post(_ set: Slot, _ hash: Int, sibling: Int32) -> Int32 {
    let next = postings[hash]?.first ?? Self.end
    let slot = nodes.insert(Node(set: set, next: next, previous: Self.end, sibling: sibling))
    if next != Self.end { nodes[next]?.previous = slot }
    postings[hash, default: Posting(first: slot, count: 0)].first = slot
    postings[hash]?.count += 1
    return slot
  }

  /// Answers the sibling.
  private mutating func unpost(_ slot: Int32, _ hash: Int) -> Int32 {
    guard slot != Self.end, let node = nodes[slot] else { return Self.end }
    if node.next != Self.end { nodes[node.next]?.previous = node.previous }
    if node.previous != Self.end {
      nodes[node.previous]?.next = node.next
    } else {
      postings[hash]?.first = node.next
    }
    postings[hash]?.count -= 1
    if postings[hash]?.count == 0 { postings[hash] = nil }
    nodes.remove(slot)
    return node.sibling
  }

  private static func hash(_ key: String, _ value: String) -> Int {
    var hasher = Hasher()
    hasher.combine(key)
    hasher.combine(value)
    return hasher.finalize()
  }
}
