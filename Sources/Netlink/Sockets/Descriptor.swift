internal import Glibc

/// A file descriptor with one owner. It is closed when the owner goes.
package struct Descriptor: ~Copyable, Sendable {
  /// The number, to be lent to system calls, `poll` or an event loop; never to be closed by others.
  package let number: Int32

  /// Takes over a descriptor that nobody else closes.
  package init(owning number: Int32) {
    self.number = number
  }

  deinit {
    close(number)
  }

  /// Sets an option whose value is a number.
  ///
  /// - Returns: whether the kernel took it; why not is in `errno`.
  package func setOption(_ level: Int32, _ name: Int32, _ value: Int32 = 1) -> Bool {
    var value = value
    return setsockopt(number, level, name, &value, socklen_t(MemoryLayout<Int32>.size)) == 0
  }
}
