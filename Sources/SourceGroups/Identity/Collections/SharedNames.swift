/// Names that very many objects have, such as those of nodes, with one storage for each.
struct SharedNames: Sendable {
  private var users: [String: Int] = [:]

  /// The same name in the storage that its other users have. O(1).
  mutating func acquire(_ name: String) -> String {
    guard let index = users.index(forKey: name) else {
      users[name] = 1
      return name
    }
    users.values[index] += 1
    return users.keys[index]
  }

  mutating func release(_ name: String) {
    guard let count = users[name] else { return }
    users[name] = count == 1 ? nil : count - 1
  }
}
