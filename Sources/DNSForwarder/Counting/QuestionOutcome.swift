/// How a question ended.
package enum QuestionOutcome: String, Sendable, Hashable, CaseIterable {
  /// With the answer of an upstream, whatever it says.
  case answered
  /// With the answer's head: all of it is longer than what the client takes over UDP.
  case truncated
  /// The guard denied the name.
  case denied
  /// A guarded name was asked for what would tell addresses that nobody has admitted.
  case withheld
  /// The guard threw.
  case guardFailed
  /// The answer has addresses of other names, or such as no name may have.
  case answerRefused
  /// No upstream answered in time.
  case upstreamFailed
  /// It was no question.
  case malformed
  /// Something else than a question for records of the Internet.
  case unsupported
  /// It came from an upstream.
  case looped
  /// There were too many, or too many of one client.
  case overLimit
  /// The forwarder was stopped.
  case cancelled
}
