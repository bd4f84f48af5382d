internal import Gateway
internal import Glibc
internal import Kubernetes
package import Netlink

/// The process that writes the kernel: answers others over a local socket, looks after the table, and reads what it logs.
///
/// It has no network, reads no file, and writes none. One thread does one thing after the other: what is said to it is in force
/// when it answers.
package struct EnforcementService: ~Copyable {
  package struct Settings: Sendable {
    package let path: String
    /// Who may connect, as the mode of a file.
    package let mode: UInt32
    /// Users who may say what to enforce and ask what is, beside root and the user of the process.
    package let writers: Set<UInt32>

    package init(path: String, mode: UInt32 = 0o600, writers: Set<UInt32> = []) {
      self.path = path
      self.mode = mode
      self.writers = writers
    }
  }

  var enforcer: Enforcer
  let settings: Settings
  private let listener: ListeningSocket
  private var clients = EnforcementClients()
  private var users: [Int32: uid_t] = [:]
  private var denials: PacketLog?
  /// The number that the kernel gives to the next packet that it logs, when none is lost.
  private var nextDenial: UInt32?
  private var nextSweep: ContinuousClock.Instant
  /// Told what an operator should know, a line each.
  private let notice: @Sendable (String) -> Void
  private let clock = ContinuousClock()

  package init(
    _ enforcer: consuming Enforcer, _ settings: Settings, in namespace: NetworkNamespace,
    notice: @escaping @Sendable (String) -> Void
  ) throws(LocalSocketError) {
    listener = try ListeningSocket(settings.path, mode: settings.mode)
    self.settings = settings
    self.notice = notice
    nextSweep = clock.now + Self.sweepPause
    let (group, length) = (enforcer.gateway.settings.logGroup, UInt32(enforcer.gateway.settings.logLength))
    self.enforcer = enforcer
    do throws(NetlinkError) {
      denials = try namespace.run { _ throws(NetlinkError) in try PacketLog(group: group, copying: length) }
    } catch {
      notice("denials cannot be told: \(error)")
    }
  }

  private static let sweepPause = Duration.seconds(10)
  /// How often the table is looked at.
  private static let pause: Int32 = 200

  /// Serves until it is told to stop, which it asks several times a second. Rules stay.
  package mutating func run(until isStopped: () -> Bool = { false }) {
    while !isStopped() {
      var waits = [pollfd(fd: listener.descriptor.number, events: Int16(POLLIN), revents: 0)]
      if let number = denials?.descriptor {
        waits.append(pollfd(fd: number, events: Int16(POLLIN), revents: 0))
      }
      let known = waits.count
      waits += clients.interests
      _ = poll(&waits, nfds_t(waits.count), clients.speaking.isEmpty ? Self.pause : 0)
      for wait in waits[known...] where wait.revents != 0 {
        clients.flush(wait.fd)
        clients.read(wait.fd)
      }
      // One line of each at a time, so that nobody keeps others waiting.
      for descriptor in clients.speaking { serve(descriptor) }
      if waits[0].revents != 0 {
        while let (descriptor, user) = listener.accept() {
          users[descriptor] = user
          clients.add(descriptor)
        }
      }
      readDenials()
      lookAfterTable()
    }
  }

  private mutating func serve(_ descriptor: Int32) {
    guard let line = clients.takeLine(descriptor) else { return }
    clients.send(answer(line, isKnown: isKnown(descriptor)).json, to: descriptor)
  }

  private func isKnown(_ descriptor: Int32) -> Bool {
    users[descriptor].map { $0 == 0 || $0 == geteuid() || settings.writers.contains($0) } ?? false
  }

  /// Looks after the table, and says when something about it has become another.
  private mutating func lookAfterTable() {
    let (problem, repairs) = (enforcer.observations.problem, enforcer.observations.repairs)
    let now = clock.now
    do throws(EnforcementError) {
      try enforcer.tick(now)
      if now >= nextSweep {
        nextSweep = now + Self.sweepPause
        try enforcer.sweep(now)
      }
    } catch {
      enforcer.observations.problem = "\(error)"
    }
    if enforcer.observations.repairs > repairs {
      notice("another program changed the table inet \(GatewayTable.name); it is mended")
    }
    if enforcer.observations.problem != problem {
      notice(
        enforcer.observations.problem.map { "the kernel has not what it should: \($0)" }
          ?? "the kernel has what it should again")
    }
  }

  private mutating func readDenials() {
    guard denials != nil else { return }
    do throws(NetlinkError) {
      for packet in try denials?.read() ?? [] {
        if let nextDenial {
          enforcer.observations.lostDenials += UInt64(packet.sequence &- nextDenial)
        }
        nextDenial = packet.sequence &+ 1
        guard let reading = enforcer.gateway.names.reading(prefix: packet.prefix),
          let summary = PacketSummary(packet.payload)
        else { continue }
        enforcer.observations.denials.append(reading.kind, reading.rule, summary, time: Self.time)
      }
    } catch {
      // The number of the next one tells how many were lost.
    }
  }

  /// Microseconds since 1970.
  private static var time: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }
}
