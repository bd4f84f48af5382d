internal import CLinux
internal import Glibc

/// A network namespace without a name. It is there as long as this value, a socket opened in it, or a process in it is.
package final class NetworkNamespace: Sendable {
  let descriptor: Descriptor

  /// The namespace that the calling thread is in.
  fileprivate init() throws(NetlinkError) {
    let number = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { throw NetlinkError("open the network namespace of this thread") }
    descriptor = Descriptor(owning: number)
  }

  /// The namespace that the calling thread is in.
  package static func current() throws(NetlinkError) -> NetworkNamespace { try NetworkNamespace() }

  /// Whether both are one.
  fileprivate func isSame(as other: NetworkNamespace) -> Bool {
    var (own, others) = (stat(), stat())
    guard fstat(descriptor.number, &own) == 0, fstat(other.descriptor.number, &others) == 0 else {
      return false
    }
    return own.st_dev == others.st_dev && own.st_ino == others.st_ino
  }

  /// Makes a namespace in which there is nothing but a loopback link, and leaves the calling thread where it is.
  package static func make() throws(NetlinkError) -> NetworkNamespace {
    try NamespaceThread.run { (thread) throws(NetlinkError) in try thread.makeNamespace() }
  }

  /// Runs something in the namespace, on a thread of its own, and waits for it.
  ///
  /// What is opened there, sockets above all, stays in the namespace and can be used anywhere.
  package func run<Value: ~Copyable>(
    _ body: @Sendable (inout NamespaceThread) throws(NetlinkError) -> Value
  ) throws(NetlinkError) -> Value {
    try NamespaceThread.run { (thread) throws(NetlinkError) in
      try thread.enter(self)
      return try body(&thread)
    }
  }
}

/// A thread that may go from one network namespace to the other.
///
/// Which namespace one is in belongs to the thread. If a thread of Swift's pool entered one, whatever runs on it next would be there as
/// well; so only threads that are made for it enter any, and they end with what they run. This value cannot leave its thread.
package struct NamespaceThread: ~Copyable {
  private init() {}

  /// Runs something on a thread of its own, which begins in the namespace of the caller, and waits for it.
  ///
  /// It blocks the calling thread: meant for what takes milliseconds, or for threads that have nothing else to do.
  package static func run<Value: ~Copyable, Failure: Error>(
    _ body: @Sendable (inout NamespaceThread) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    var result: Result<Value, Failure>?
    DedicatedThread.run {
      var thread = NamespaceThread()
      do throws(Failure) {
        result = .success(try body(&thread))
      } catch {
        result = .failure(error)
      }
    }
    guard let result = result.take() else { preconditionFailure("a thread that ended has run its body") }
    return try result.get()
  }

  /// Makes a namespace, and goes there.
  package mutating func makeNamespace() throws(NetlinkError) -> NetworkNamespace {
    guard unshare(NamespaceKind.network) == 0 else { throw NetlinkError("make a network namespace") }
    return try NetworkNamespace()
  }

  /// Goes to a namespace. To stay where the thread is needs no rights; to go to another one needs CAP_SYS_ADMIN.
  package mutating func enter(_ namespace: NetworkNamespace) throws(NetlinkError) {
    if try NetworkNamespace().isSame(as: namespace) { return }
    guard setns(namespace.descriptor.number, NamespaceKind.network) == 0 else {
      throw NetlinkError("enter a network namespace")
    }
  }

  /// Sets a parameter of the namespace that the thread is in.
  ///
  /// - Parameter name: with slashes: `net/ipv4/ip_forward`.
  package func setParameter(_ name: String, _ value: String) throws(NetlinkError) {
    let operation = "set parameter \(name) to \(value)"
    let number = open("/proc/sys/\(name)", O_WRONLY | O_CLOEXEC)
    guard number >= 0 else { throw NetlinkError(operation) }
    let file = Descriptor(owning: number)
    let bytes = Array("\(value)\n".utf8)
    guard write(file.number, bytes, bytes.count) == bytes.count else { throw NetlinkError(operation) }
  }
}

/// What kinds of namespaces are called (`CLONE_NEWNET`, `CLONE_NEWUSER`).
enum NamespaceKind {
  static let network: Int32 = 0x4000_0000
  static let user: Int32 = 0x1000_0000
}

/// A thread for one piece of work.
private enum DedicatedThread {
  /// Runs a piece of work on a thread, and waits for its end.
  static func run(_ body: () -> Void) {
    withoutActuallyEscaping(body) { body in
      let job = Unmanaged.passRetained(Job(body))
      var thread = pthread_t()
      let number = pthread_create(
        &thread, nil,
        { context in
          if let context { Unmanaged<Job>.fromOpaque(context).takeUnretainedValue().body() }
          return nil
        }, job.toOpaque())
      precondition(number == 0, "the system makes no thread: \(String(cString: strerror(number)))")
      pthread_join(thread, nil)
      job.release()
    }
  }

  private final class Job {
    let body: () -> Void

    init(_ body: @escaping () -> Void) { self.body = body }
  }
}
