internal import Glibc
internal import Netlink
internal import Staging

/// `staging-inside [threads]`: a network for staging in a user namespace, for tests; says what probes become.
@main
struct StagingTestsCommand {
  static func main() {
    do {
      if CommandLine.arguments.contains("threads") {
        try startAnew()
      } else {
        try UserNamespace.enter()
        // Fewer files than there are ports to listen at.
        var limit = rlimit(rlim_cur: 400, rlim_max: 400)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let before = openDescriptors()
        try probe()
        print("\(openDescriptors() - before) descriptors left")
      }
    } catch {
      print(error)
      exit(1)
    }
  }

  /// A process with two threads cannot enter; its program started anew can.
  private static func startAnew() throws {
    var thread = pthread_t()
    pthread_create(
      &thread, nil,
      { _ in
        pause()
        return nil
      }, nil)
    do {
      try UserNamespace.enter()
      print("entered with two threads")
    } catch {
      print(error)
      fflush(nil)
      throw UserNamespace.startAnew(arguments: ["staging-inside"])
    }
  }

  private static func probe() throws {
    let lab = try Lab([
      Endpoint("first", [.v4(0x0A40_0001), .v6(0xFD << 120 + 1)]),
      Endpoint("second", [.v4(0x0A40_0002), .v6(0xFD << 120 + 2)]),
    ])
    try lab.load(
      ruleset: """
        table inet gate {
          chain forward {
            type filter hook forward priority 0;
            ct state established,related accept
            tcp dport 80 accept
            udp dport 1000-1299 accept
            meta l4proto sctp drop
            reject with icmpx admin-prohibited
          }
        }
        """)
    do {
      try lab.load(ruleset: "nonsense")
      print("loaded nonsense")
    } catch {}
    for isIPv4 in [true, false] {
      let probes = [.tcp(80), .udp(53), .sctp(9), .echo].compactMap {
        lab.probe(from: 0, to: 1, $0, isIPv4: isIPv4)
      }
      print(try lab.probe(probes).map { "\($0)" }.joined(separator: " "))
    }
    let many = (1000..<1600).compactMap { lab.probe(from: 0, to: 1, .udp($0)) }
    let delivered = try lab.probe(many).enumerated().filter { $0.element == .delivered }.map(\.offset)
    print("\(delivered == Array(0..<300) ? 300 : -1) of \(many.count) ports")
    var connection = try lab.router.run { (_) throws(NetlinkError) in try NftablesConnection() }
    try lab.load(ruleset: "add set inet gate members { type ipv4_addr; }")
    var transaction = TableTransaction(table: "gate")
    for number: UInt32 in 0..<1000 { transaction.add(.ipv4(number), to: "members") }
    try connection.commit(transaction)
    print(try connection.elements(of: "members", in: "gate").count)
  }

  private static func openDescriptors() -> Int {
    guard let folder = opendir("/proc/self/fd") else { return -1 }
    defer { closedir(folder) }
    var count = 0
    while readdir(folder) != nil { count += 1 }
    return count
  }
}
