/// How an edge differs from what was before: a sign in front of its label, and its colour.
enum DiagramChange: String {
  case opened
  case closed

  /// Nil for labels without a sign, of pictures that show one state.
  init?(label: String) {
    if label.hasPrefix("+ ") {
      self = .opened
    } else if label.hasPrefix("− ") {
      self = .closed
    } else {
      return nil
    }
  }

  func label(_ text: String) -> String { (self == .opened ? "+ " : "− ") + text }
}
