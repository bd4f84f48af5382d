import Enforcement
import Gateway
import Glibc
import Netlink
import Nftables

/// `enforcement-inside serve SOCKET`: keeps the rules of the network namespace that it is started in, until it is killed.
///
/// `enforcement-inside say SOCKET USER`: as another user, says what it reads, and prints the answers.
@main
struct EnforcementTestsCommand {
  static func main() {
    let arguments = CommandLine.arguments
    do {
      switch arguments.count > 2 ? arguments[1] : "" {
      case "serve": try serve(arguments[2])
      case "say" where arguments.count > 3: say(arguments[2], as: UInt32(arguments[3]) ?? 65534)
      default: exit(2)
      }
    } catch {
      print(error)
      exit(1)
    }
  }

  private static func serve(_ path: String) throws {
    let namespace = try NetworkNamespace.current()
    // Every denial is logged, so that a test can have more of them than are read.
    let settings = GatewaySettings(logRate: Rate(1_000_000, per: .second, burst: 1_000_000))
    let enforcer = try Enforcer(in: namespace, settings)
    var service = try EnforcementService(
      enforcer, .init(path: path, mode: 0o666), in: namespace
    ) { print($0) }
    service.run()
  }

  private static func say(_ path: String, as user: uid_t) {
    guard setuid(user) == 0 else { exit(3) }
    let number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let isConnected = withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
    guard isConnected else { exit(4) }
    while let line = readLine(strippingNewline: false) {
      let bytes = Array(line.utf8)
      guard write(number, bytes, bytes.count) == bytes.count else { exit(5) }
      var answer: [UInt8] = []
      while answer.last != UInt8(ascii: "\n") {
        var byte: UInt8 = 0
        guard read(number, &byte, 1) == 1 else { exit(6) }
        answer.append(byte)
      }
      write(1, answer, answer.count)
    }
  }
}
