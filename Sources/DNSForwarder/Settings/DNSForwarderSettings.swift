package import Kubernetes

/// What a forwarder listens on, whom it asks, and how much of it there may be.
package struct DNSForwarderSettings: Sendable {
  /// What is said of names that the guard denies.
  package enum Denial: Sendable, Hashable {
    /// That there is no such name (NXDOMAIN): clients give up at once.
    case nameError
    /// That it is not told (REFUSED): clients may ask another server.
    case refused
  }

  /// How much memory and how many sockets clients can take.
  ///
  /// Each question under way has one socket at a time and at most one answer, each connection a socket and a little more
  /// than one question: the process must be allowed as many open files, and has to have as much memory.
  package struct Limits: Sendable {
    /// Questions that are not answered yet, or whose answers a client of TCP has not read.
    package var questions = 1024
    package var questionsPerClient = 128
    package var connections = 256
    package var connectionsPerClient = 16
    /// Bytes of a question over TCP.
    package var questionBytes = 4096
    /// Bytes of an answer that an upstream gives over TCP, at most 65,535.
    package var answerBytes = 65_535
    /// How long a connection stays without a whole question or an answer.
    package var idleTime = Duration.seconds(10)

    package init() {}
  }

  /// Those that clients know. Not `0.0.0.0` or `::`: an answer must come from the address that was asked.
  package var listenAddresses: [IPAddress]
  package var port = ServerAddress.standardPort
  /// In the order in which they are asked, each after those before it did not answer.
  package var upstreams: [ServerAddress]
  /// How long an upstream has, over UDP and then again over TCP.
  package var timeout = Duration.seconds(2)
  /// How often the upstreams are asked one after the other until nothing is to be hoped for.
  package var rounds = 2
  /// An address is admitted for this long even when its record is to be forgotten sooner…
  package var minimumLifetime = Duration.seconds(30)
  /// …and for this much longer than its record says, for clients that look it up a little before they connect.
  package var grace = Duration.seconds(10)
  package var denial = Denial.nameError
  package var limits = Limits()

  package init(listenAddresses: [IPAddress], upstreams: [ServerAddress]) {
    self.listenAddresses = listenAddresses
    self.upstreams = upstreams
  }
}
