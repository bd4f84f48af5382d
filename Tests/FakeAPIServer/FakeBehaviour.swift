/// What a server does when nothing goes wrong, which versions and settings decide.
package struct FakeBehaviour: Sendable {
  /// Whether a watch may begin with all objects (WatchList).
  package enum InitialEvents: Sendable, CaseIterable {
    case offered
    /// As servers between 1.19 and 1.26 say it: resourceVersionMatch is forbidden for watch.
    case refused
    /// As servers with an old etcd say it: an event in the stream.
    case failing
    /// As if nothing was asked: objects, and no bookmark behind them.
    case ignored
  }

  /// How a server says that a watch wants to go on from a moment that it has forgotten.
  package enum Expiry: Sendable, CaseIterable {
    /// 200, and an event that says so.
    case event
    case status
  }

  package var initialEvents = InitialEvents.offered
  package var expiry = Expiry.event
  /// Whether bookmarks come, shortly before a watch ends.
  package var sendsBookmarks = true
  /// How much longer than a second a second is.
  package var secondLength = 1.0
  /// Pages are cut after so many items even when a client asks for more.
  package var pageLimit = Int.max
  /// Where events of watches are cut into pieces; nil for one piece for each event.
  package var cuts: SplitMix?

  package init() {}
}
