internal import Glibc

/// One server for each data file: what two have in memory would not be one.
///
/// The kernel lets go of it with the process, however that ends. Commands that write beside a server do not ask for it.
struct ServingLock: ~Copyable {
  private let descriptor: Int32

  init(dataFile: String) throws(StoreError) {
    let path = dataFile + ".lock"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .system("open", path) }
    if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let isHeld = errno == EWOULDBLOCK
      let failure = StoreError.system("lock", path)
      close(descriptor)
      throw isHeld
        ? StoreError(
          .busy, "another merlon serve has \(dataFile)", fix: "end it, or name another file with --data")
        : failure
    }
  }

  deinit { close(descriptor) }
}
