/// Rules in order, called by a hook of the kernel or by other rules.
package struct Chain: Sendable, Hashable {
  package let name: ChainName
  /// Nil for a chain that only rules go to.
  package let base: Base?
  package let rules: [Rule]
  /// A line above the chain in the text; the kernel never sees it.
  package let note: SafeText?

  package init(_ name: ChainName, base: Base? = nil, _ rules: [Rule], note: SafeText? = nil) {
    self.name = name
    self.base = base
    self.rules = rules
    self.note = note
  }

  /// Where and when the kernel calls a chain.
  package struct Base: Sendable, Hashable {
    package let hook: Hook
    /// Lower is earlier among the base chains of the hook. Connections are known after -200.
    package let priority: Int
    /// For packets that no rule decided. Comes into force after the rules do: end the chain with a rule that drops
    /// instead of relying on it.
    package let policy: Policy

    package init(_ hook: Hook, priority: Int = 0, policy: Policy) {
      self.hook = hook
      self.priority = priority
      self.policy = policy
    }
  }

  package enum Hook: String, Sendable, Hashable, CaseIterable {
    case prerouting
    case input
    case forward
    case output
    case postrouting
  }

  package enum Policy: String, Sendable, Hashable {
    case accept
    case drop
  }
}
