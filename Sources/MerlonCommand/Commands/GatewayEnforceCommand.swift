internal import ArgumentParser
internal import ControlPlane
internal import Enforcement
internal import Gateway
internal import Glibc
internal import Kubernetes
internal import KubernetesAPI
internal import Netlink
internal import Review
internal import SourceGroups

/// `merlon gateway enforce`
struct GatewayEnforceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enforce",
    abstract: "Write the kernel, and hold it to what was said last.",
    discussion: """
      Needs CAP_NET_ADMIN, and nft before Linux 6.9: it has no network, and reads no file but a policy that it is given.
      Says no to everything that is forwarded until it is told what to enforce, unless another run has left its rules.
      What it is told, by `merlon gateway follow`, it is told over a socket. While it runs nobody else can change its
      table, where the kernel knows how. Rules stay when it ends.

      EXAMPLES
        merlon gateway enforce --writer merlon-follow
        merlon gateway enforce --policy policy.yaml --forward
      """)

  @Option(
    name: .long,
    help: "Enforce this policy from the start. Its groups have members as far as it names addresses.",
    completion: .file())
  var policy: String?

  @Option(
    name: .long,
    help: "A user who may say and ask what is enforced, by name or number; may be repeated. Root may.")
  var writer: [String] = []

  @Flag(name: .long, help: "Let the kernel forward packets, once nothing passes that is not allowed.")
  var forward = false

  @Flag(
    name: .long,
    help: "Let others change the table too, as before Linux 6.9. What they change is mended a moment later.")
  var sharedTable = false

  @OptionGroup(title: "Enforcement") var zones: ZoneOptions
  @OptionGroup(title: "Socket") var socket: GatewaySocket
  @OptionGroup(title: "Display") var display: DisplayOptions

  func validate() throws { _ = try writers() }

  func run() async throws {
    let document = try document()
    let settings = try zones.settings()
    if let document { settings.reportZones(of: document) }
    do {
      let namespace = try NetworkNamespace.current()
      var enforcer = try Enforcer(in: namespace, settings, isShared: sharedTable)
      if let document { try enforcer.enforce(EnforcedState(.file, document), at: .now) }
      var service = try EnforcementService(
        enforcer,
        EnforcementService.Settings(
          path: socket.path, mode: writer.isEmpty ? 0o600 : 0o666, writers: try writers()), in: namespace
      ) { Terminal.writeError("merlon: \($0)\n") }
      if forward { try Forwarding.enable(in: namespace) }
      SystemdNotifier(environment: .process).notify("READY=1")
      Terminal.writeError("merlon: enforcing; what to enforce is said at \(socket.path)\n")
      service.run()
    } catch {
      Terminal.writeError("merlon: \(error)\n")
      throw ExitStatus.unreadableInput
    }
  }

  private func document() throws -> SourceGroupPolicy? {
    guard let policy else { return nil }
    let reading = SourceGroupPolicy.read(try display.text(of: policy))
    display.report(reading.diagnostics)
    guard let document = reading.policy else { throw ExitStatus.findings }
    return document
  }

  private func writers() throws -> Set<UInt32> {
    var users: Set<UInt32> = []
    for name in writer {
      if let number = UInt32(name) {
        users.insert(number)
      } else if let entry = getpwnam(name) {
        users.insert(entry.pointee.pw_uid)
      } else {
        throw ValidationError("--writer `\(name)`: there is no such user")
      }
    }
    return users
  }
}
