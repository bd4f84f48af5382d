internal import Kubernetes
internal import NIOCore

/// A question that has come and has a place among those under way.
struct Arrival: Sendable {
  enum Transport: Sendable {
    case datagram
    case stream
  }

  let bytes: [UInt8]
  let source: IPAddress
  let transport: Transport
  /// To be called once: sends the answer, or none, and gives the place back when it is gone.
  let end: @Sendable (_ answer: [UInt8]?) -> Void
}

/// Lets questions in as long as there are places for them.
///
/// They wait in a queue that is never longer than there are places. Called on the threads of sockets.
struct Entrance: Sendable {
  let questions: Occupancy
  let tally: Tally
  let queue: AsyncStream<Arrival>.Continuation

  /// - Parameter send: sends an answer; the future is done when the answer has left, or never will.
  /// - Returns: false when there is no place.
  func letIn(
    _ bytes: [UInt8], from source: IPAddress, over transport: Arrival.Transport,
    send: @escaping @Sendable ([UInt8]) -> EventLoopFuture<Void>?
  ) -> Bool {
    guard questions.enter(source) else {
      tally.count(.overLimit)
      return false
    }
    let questions = questions
    queue.yield(
      Arrival(bytes: bytes, source: source, transport: transport) { answer in
        guard let sent = answer.flatMap(send) else { return questions.leave(source) }
        sent.whenComplete { _ in questions.leave(source) }
      })
    return true
  }
}
