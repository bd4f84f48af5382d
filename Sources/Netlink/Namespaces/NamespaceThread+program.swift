internal import CLinux
internal import Glibc

/// How a program ended.
package struct ProgramResult: Sendable, Hashable {
  /// Its exit code; nil when it was ended by a signal, the deadline's included.
  package let code: Int32?
  package let output: [UInt8]
  package let errors: [UInt8]
  /// How long processors worked for it.
  package let processorTime: Duration

  package var errorText: String { String(decoding: errors, as: UTF8.self) }
}

extension NamespaceThread {
  /// Runs a program in the namespace that the thread is in.
  ///
  /// - Parameters:
  ///   - program: its path, or its name, looked for in `PATH` and where administrators' programs are.
  ///   - input: what it reads.
  ///   - deadline: how long it may take; then it is killed.
  /// - Throws: ``NetlinkError/Reason/missing`` when there is no such program.
  package func run(
    _ program: String, _ arguments: [String], input: String = "", deadline: Duration = .seconds(60)
  ) throws(NetlinkError) -> ProgramResult {
    let operation = "run \(program)"
    guard let path = Self.path(of: program) else { throw NetlinkError(operation, number: ENOENT) }
    // Files in memory instead of pipes: neither side ever waits for the other, however much is said.
    let standardInput = try Self.memoryFile(operation)
    let output = try Self.memoryFile(operation)
    let errors = try Self.memoryFile(operation)
    try Self.fill(standardInput, Array(input.utf8), operation)
    var ends: [Int32] = [-1, -1]
    guard pipe2(&ends, O_CLOEXEC) == 0 else { throw NetlinkError(operation) }
    let life = Descriptor(owning: ends[0])
    let process: pid_t
    do {
      // The program holds this end as long as it lives; nobody else does.
      let held = try Self.aboveStandard(ends[1], operation)
      process = try Self.spawn(
        path, [program] + arguments, [standardInput.number, output.number, errors.number, held.number],
        operation)
    }
    var status: Int32 = 0
    var wait = pollfd(fd: life.number, events: Int16(POLLIN), revents: 0)
    let milliseconds = Int32(clamping: Int(deadline / .milliseconds(1)))
    if poll(&wait, 1, milliseconds) <= 0 { kill(process, SIGKILL) }
    var usage = rusage()
    while wait4(process, &status, 0, &usage) < 0, errno == EINTR {}
    let time = [usage.ru_utime, usage.ru_stime].map {
      Duration.seconds($0.tv_sec) + .microseconds($0.tv_usec)
    }
    return ProgramResult(
      code: status & 0x7F == 0 ? (status >> 8) & 0xFF : nil, output: Self.content(output),
      errors: Self.content(errors), processorTime: time[0] + time[1])
  }

  /// Starts a program whose descriptors from 0 on are those given.
  private static func spawn(
    _ path: String, _ arguments: [String], _ descriptors: [Int32], _ operation: String
  ) throws(NetlinkError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, descriptor) in descriptors.enumerated() {
      posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
    }
    var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
    pointers.append(nil)
    defer { for pointer in pointers { free(pointer) } }
    var process: pid_t = 0
    let number = posix_spawn(&process, path, &actions, nil, pointers, environ)
    guard number == 0 else { throw NetlinkError(operation, number: number) }
    return process
  }

  private static func path(of program: String) -> String? {
    if program.contains("/") { return program }
    let folders = (getenv("PATH").map { String(cString: $0) } ?? "").split(separator: ":").map(String.init)
    return (folders + ["/usr/sbin", "/sbin", "/usr/local/sbin"]).map { "\($0)/\(program)" }
      .first { access($0, X_OK) == 0 }
  }

  /// A file without a name.
  private static func memoryFile(_ operation: String) throws(NetlinkError) -> Descriptor {
    try aboveStandard(memfd_create("merlon", 1), operation)
  }

  /// The descriptor with a number that is none of those that programs begin with.
  private static func aboveStandard(_ number: Int32, _ operation: String) throws(NetlinkError) -> Descriptor {
    guard number >= 0 else { throw NetlinkError(operation) }
    let low = Descriptor(owning: number)
    let high = fcntl(low.number, F_DUPFD_CLOEXEC, 10)
    guard high >= 0 else { throw NetlinkError(operation) }
    return Descriptor(owning: high)
  }

  private static func fill(
    _ file: borrowing Descriptor, _ bytes: [UInt8], _ operation: String
  ) throws(NetlinkError) {
    var offset = 0
    while offset < bytes.count {
      let count = bytes.withUnsafeBytes {
        pwrite(file.number, $0.baseAddress?.advanced(by: offset), $0.count - offset, off_t(offset))
      }
      guard count > 0 else { throw NetlinkError(operation) }
      offset += count
    }
  }

  private static func content(_ file: borrowing Descriptor) -> [UInt8] {
    let size = Int(lseek(file.number, 0, SEEK_END))
    guard size > 0 else { return [] }
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = max(0, pread(file.number, buffer.baseAddress, size, 0))
    }
  }
}
