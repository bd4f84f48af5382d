internal import Kubernetes

/// Selectors by one condition each, so that labels find those that may select them without asking all.
///
/// Labels that meet all conditions of a selector meet the one under which it is filed, its anchor. Selectors with
/// nothing but negative conditions have none, and are candidates for all labels.
struct SelectorIndex: Sendable {
  private struct Anchored {
    var present: [Slot] = []
    var values: [String: [Slot]] = [:]

    var isEmpty: Bool { present.isEmpty && values.isEmpty }
  }

  private var keys: [String: Anchored] = [:]
  private var others: [Slot] = []

  var isEmpty: Bool { keys.isEmpty && others.isEmpty }

  /// O(values of the anchor).
  mutating func insert(_ slot: Slot, anchor: LabelRequirement?) {
    guard let anchor else {
      others.append(slot)
      return
    }
    switch anchor.operator {
    case .isIn(let values):
      for value in values { keys[anchor.key, default: Anchored()].values[value, default: []].append(slot) }
    default: keys[anchor.key, default: Anchored()].present.append(slot)
    }
  }

  /// O(values of the anchor × selectors with the same).
  mutating func remove(_ slot: Slot, anchor: LabelRequirement?) {
    guard let anchor else {
      others.removeAll { $0 == slot }
      return
    }
    guard var anchored = keys.removeValue(forKey: anchor.key) else { return }
    switch anchor.operator {
    case .isIn(let values):
      for value in values {
        anchored.values[value]?.removeAll { $0 == slot }
        if anchored.values[value]?.isEmpty == true { anchored.values[value] = nil }
      }
    default: anchored.present.removeAll { $0 == slot }
    }
    if !anchored.isEmpty { keys[anchor.key] = anchored }
  }

  /// Selectors whose anchor the labels meet, each once. O(labels + candidates).
  func forEachCandidate(for labels: Labels, _ body: (Slot) -> Void) {
    others.forEach(body)
    if keys.isEmpty { return }
    for label in labels.entries {
      guard let anchored = keys[label.key] else { continue }
      anchored.present.forEach(body)
      anchored.values[label.value]?.forEach(body)
    }
  }
}

extension LabelRequirement {
  /// Whether it may be an anchor: labels without the key do not meet it.
  var needsLabel: Bool {
    switch `operator` {
    case .isIn, .exists: true
    case .isNotIn, .doesNotExist: false
    }
  }
}
