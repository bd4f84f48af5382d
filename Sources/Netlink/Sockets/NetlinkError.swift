internal import Glibc

/// Why the kernel did not do what it was asked.
package struct NetlinkError: Error, Sendable, Hashable {
  package enum Reason: Sendable, Hashable {
    /// `EPERM`, `EACCES`: the process may not do this.
    case forbidden
    /// `ENOENT`, `ESRCH`, `ENODEV`: what is named is not there.
    case missing
    /// `EEXIST`: it is there already.
    case present
    /// `ERESTART`: the rules are of another generation than the transaction expects.
    case changed
    /// `ENOBUFS`: the kernel had more to say than the socket holds. What was lost must be read anew.
    case overrun
    /// `EMSGSIZE`: a message or transaction is larger than the socket may send.
    case tooLarge
    /// What is listed changed each time while it was read.
    case unsteady
    /// No answer, or one that is cut short.
    case unanswered
    /// Anything else; ``NetlinkError/number`` says what.
    case other
  }

  package let reason: Reason
  /// The number of the error, as in errno(3); 0 where the kernel gave none.
  package let number: Int32
  /// What was to be done, in words: `delete from set gate live4`.
  package let operation: String
  /// What the kernel says beside the number.
  package let detail: String?
  /// The set's element that the kernel did not take, where it says which.
  package let element: SetKey?

  package init(
    _ operation: String, number: Int32 = errno, detail: String? = nil, element: SetKey? = nil
  ) {
    reason = Reason(number: number)
    self.number = number
    self.operation = operation
    self.detail = detail
    self.element = element
  }

  /// A problem that the kernel has no number for.
  init(_ reason: Reason, _ operation: String, _ detail: String) {
    self.reason = reason
    number = 0
    self.operation = operation
    self.detail = detail
    element = nil
  }

  /// What to do about it, where there is one clear thing.
  package var fix: String? {
    switch reason {
    case .forbidden: "run as root, with CAP_NET_ADMIN, or in a user namespace of one's own"
    case .tooLarge: "raise net.core.wmem_max, or run with CAP_NET_ADMIN outside of user namespaces"
    default: number == EMFILE ? "raise the limit of open files (ulimit -n)" : nil
    }
  }
}

extension NetlinkError.Reason {
  init(number: Int32) {
    self =
      switch number {
      case EPERM, EACCES: .forbidden
      case ENOENT, ESRCH, ENODEV: .missing
      case EEXIST: .present
      case ERESTART: .changed
      case ENOBUFS: .overrun
      case EMSGSIZE: .tooLarge
      default: .other
      }
  }
}

extension NetlinkError: CustomStringConvertible {
  package var description: String {
    var text = "cannot \(operation)"
    if let element { text += ", element \(element)" }
    if number != 0 { text += ": \(String(cString: strerror(number)))" }
    if let detail { text += number != 0 ? " (\(detail))" : ": \(detail)" }
    if let fix { text += "; \(fix)" }
    return text
  }
}
