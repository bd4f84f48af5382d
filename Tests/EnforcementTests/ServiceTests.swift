import Gateway
import Glibc
import Kubernetes
import Netlink
import SourceGroups
import Staging
import Testing

@testable import Enforcement

extension RealKernel {
  @Suite("A process that is told what to enforce")
  struct ServiceTests {
    private let world: World
    private let said: Said
    private static let text = Documents.text([
      Documents.group(
        "apps", onStale: "clear", grace: 60, Documents.rule("shut", "deny", ports: 8082),
        Documents.rule("web", ports: 8080, 9000),
        """
        {id: api, action: allow, to: {domainNames: [api.example.test]}, traffic: [{protocol: TCP, port: 8081}]}
        """)
    ])

    init() throws {
      world = try World()
      let reading = SourceGroupPolicy.read(ManifestText(path: "policy.yaml", Self.text))
      said = Said(
        try #require(reading.policy, "\(reading.diagnostics.map(\.message))"),
        ["apps": [World.address(World.a), World.address(World.b)]])
    }

    @Test("does what lines say, and tells what there is")
    func lines() throws {
      var said = said
      let gateway = try ServedGateway(world)
      var client = try GatewayClient(gateway.path)
      #expect(try client.ask(#"{"kind":"status"}"#)["state"] == nil)
      #expect(try !client.ask(said.freshLine()).isDone)
      #expect(try client.ask(said.line(Self.text)).isDone)
      #expect(try world.reaching(.tcp(8080)).isEmpty)
      #expect(try client.ask(said.freshLine(milliseconds: 5)).isDone)
      #expect(try world.reaching(.tcp(8080)) == [World.a, World.b])
      let stranger = try client.ask(said.freshLine().replacing("f00d", with: "beef"))
      #expect(!stranger.isDone && stranger["stateWanted"]?.hasText("true") == true)
      #expect(try client.ask(said.changeLine("apps", left: [World.address(World.b)])).isDone)
      #expect(try world.reaching(.tcp(8080)) == [World.a])
      let status = try client.ask(#"{"kind":"status"}"#)
      #expect(status["state"]?.text == "\(try said.id)" && status["policy"]?.text == "egress")
      #expect(status["inForce"]?.hasText("true") == true && status["addresses"]?.text == "1")
      #expect(status["latency"]?["count"]?.text == "1")
      #expect(status["leases"]?.elements.count == 1)
      let counters = try client.ask(#"{"kind":"counters"}"#)["counters"]?.elements ?? []
      let web = counters.first { $0["rule"]?.text == "rule web" }
      #expect((web?["packets"]?.text).flatMap { Int($0) } ?? 0 > 0)
      #expect(try world.reaching(.udp(8082)).isEmpty)
      var denials: [Node] = []
      _ = try eventually(within: .seconds(5)) {
        denials = try client.ask(#"{"kind":"denied","after":0}"#)["denials"]?.elements ?? []
        return denials.contains { $0["group"] != nil }
      }
      let denial = denials.first { $0["group"]?.text == "apps" }
      #expect(denial?["rule"]?.text == "rule shut" && denial?["kind"]?.text == "deny")
      #expect(denial?["source"]?.text == "10.64.1.1" && denial?["destination"]?.text == "10.64.9.1")
      #expect(denial?["port"]?.text == "8082" && denial?["protocol"]?.text == "17")
      #expect(denials.contains { $0["group"] == nil && $0["rule"]?.text == "defaultPolicy" })
      let listener = try Listener(in: world.lab.namespaces[World.server], World.serverAddress, port: 9000)
      let connection = try #require(
        try LongConnection.open(
          from: NetworkAddress(World.address(World.a)), in: world.lab.namespaces[World.a], to: listener))
      #expect(connection.isAlive)
      let flows = try client.ask(#"{"kind":"flows"}"#)["flows"]?.elements ?? []
      let flow = flows.first { $0["port"]?.text == "9000" }
      #expect(flow?["source"]?.text == "10.64.1.1" && flow?["groups"]?.elements.map(\.text) == ["apps"])
    }

    @Test("lets a name's addresses in for who asked, and for as long as is said")
    func names() throws {
      let gateway = try ServedGateway(world)
      var client = try GatewayClient(gateway.path)
      func judge(_ name: String, _ source: String) -> String {
        #"{"kind":"judge","name":"\#(name)","source":"\#(source)"}"#
      }
      #expect(try client.ask(judge("api.example.test", "10.64.1.1"))["judgement"]?.text == "denied")
      #expect(try client.ask(said.line(Self.text)).isDone)
      #expect(try client.ask(said.freshLine()).isDone)
      #expect(try client.ask(judge("api.example.test", "10.64.1.1"))["judgement"]?.text == "guarded")
      #expect(try client.ask(judge("other.example.test", "10.64.1.1"))["judgement"]?.text == "denied")
      #expect(try client.ask(judge("api.example.test", "10.64.3.1"))["judgement"]?.text == "denied")
      #expect(try world.reaching(.tcp(8081)).isEmpty)
      func admit(_ milliseconds: Int, _ source: String) -> String {
        """
        {"kind":"admit","name":"api.example.test","source":"\(source)","addresses":[\
        {"address":"10.64.9.1","milliseconds":\(milliseconds)}]}
        """
      }
      let start = ContinuousClock.now
      #expect(try client.ask(admit(1500, "10.64.1.1")).isDone)
      // A shorter time takes nothing from a longer one; one who is in no group gets nothing.
      #expect(try client.ask(admit(100, "10.64.1.1")).isDone)
      #expect(try client.ask(admit(60_000, "10.64.3.1")).isDone)
      #expect(try world.reaching(.tcp(8081)) == [World.a])
      let isOver = try eventually(within: .seconds(5)) { try world.reaching(.tcp(8081)).isEmpty }
      let time = ContinuousClock.now - start
      #expect(isOver && time > .milliseconds(1300) && time < .milliseconds(2500), "\(time)")
      // No time that the kernel could not count.
      let endless = try client.ask(admit(1 << 53, "10.64.1.1"))
      #expect(endless["ok"] != nil)
      #expect(try client.ask(admit(0, "10.64.1.1"))["ok"] != nil)
      #expect(try client.ask(#"{"kind":"status"}"#).isDone)
    }

    @Test("users that are not named may say and ask nothing")
    func strangers() throws {
      let gateway = try ServedGateway(world)
      let lines = [try said.line(Self.text), try said.freshLine(), #"{"kind":"status"}"#].joined(
        separator: "\n")
      let path = gateway.path
      let result = try NamespaceThread.run { (thread) throws(NetlinkError) in
        try thread.run(ServedGateway.program, ["say", path, "65534"], input: lines + "\n")
      }
      let answers = String(decoding: result.output, as: UTF8.self).split(separator: "\n").map {
        Array($0.utf8)
      }
      try #require(answers.count == 3, "\(result.errorText)")
      let roots = try answers.map { try Document.json($0, file: SourceFile(path: "answer")).root }
      #expect(roots.map(\.isDone) == [false, false, false])
      #expect(roots.allSatisfy { $0["error"]?.text.contains("--writer") == true })
      #expect(roots[2]["policy"] == nil)
    }

    @Test("outlives garbage, halves of lines, lines without end, and clients that do not read")
    func badClients() throws {
      let gateway = try ServedGateway(world)
      var client = try GatewayClient(gateway.path)
      for garbage in [
        "", "{", "[]", "null", #"{"kind":"state"}"#, #"{"kind":"nonsense"}"#, "\u{0}\u{1}",
        #"{"kind":"denied","after":-1}"#, #"{"kind":"delta","since":"a-1-1","id":"a-1-2"}"#,
        #"{"kind":"fresh","id":"a-b-c","proofs":[]}"#, #"{"kind":"status","kind":"flows"}"#,
        #"{"kind":"judge","name":"a","source":"300.1.1.1"}"#,
        #"{"kind":"state","id":"a-1-1","content":{"policy":"spec: [","sources":[]}}"#,
        String(repeating: "[", count: 100_000),
      ] {
        let answer = try client.ask(garbage)
        #expect(!answer.isDone && answer["error"] != nil, "\(garbage.prefix(60))")
      }
      client.send([0xFF, 0xFE, 0x80, 0x0A])
      #expect(client.line() != nil)
      // Halves.
      for byte in #"{"kind":"status"}"#.utf8 { client.send([byte]) }
      client.send([0x0A])
      #expect(client.line() != nil)
      // Lines that are as long as what is read at once, and nothing after them.
      var finished = try GatewayClient(gateway.path)
      let request = Array(#"{"kind":"status"}"#.utf8)
      let padding = [UInt8](repeating: 0x20, count: (1 << 16) - 1 - request.count)
      finished.send(request + padding + [0x0A])
      finished.finish()
      #expect(finished.line() != nil)
      do {
        let half = try GatewayClient(gateway.path)
        half.send(Array(#"{"kind":"sta"#.utf8))
      }
      // A line without end is not kept for ever.
      let endless = try GatewayClient(gateway.path)
      let piece = [UInt8](repeating: 0x61, count: 8 << 20)
      var sent = 0
      while sent < 300 << 20 {
        let size = endless.send(piece)
        sent += size
        if size < piece.count { break }
      }
      #expect(sent < 300 << 20)
      // Who asks and does not read is not answered more than it has room for, and keeps nobody waiting.
      let deaf = try GatewayClient(gateway.path)
      _ = fcntl(deaf.socket.descriptor.number, F_SETFL, O_NONBLOCK)
      var asked = 0
      let many = Array(String(repeating: #"{"kind":"status"}"# + "\n", count: 1000).utf8)
      let end = ContinuousClock.now + .seconds(2)
      while ContinuousClock.now < end { asked += deaf.send(many) }
      #expect(asked > 0)
      let start = ContinuousClock.now
      #expect(try client.ask(#"{"kind":"status"}"#).isDone)
      #expect(ContinuousClock.now - start < .seconds(1))
      #expect(try memory(of: client.process) < 700 << 20)
    }

    /// Bytes that a process has in memory.
    private func memory(of process: pid_t) throws -> Int {
      let file = try #require(fopen("/proc/\(process)/statm", "r"))
      defer { fclose(file) }
      var bytes = [UInt8](repeating: 0, count: 256)
      let count = fread(&bytes, 1, bytes.count, file)
      let words = String(decoding: bytes[..<count], as: UTF8.self).split(separator: " ")
      return try #require(words.count > 1 ? Int(words[1]) : nil) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    @Test("is killed and started again: what may goes on, what may not does not")
    func killing() throws {
      var said = said
      let gateway = try ServedGateway(world)
      var client = try GatewayClient(gateway.path)
      #expect(try client.ask(said.line(Self.text)).isDone)
      #expect(try client.ask(said.freshLine()).isDone)
      let counts = TrafficCounts()
      let allowed = try AllowedPair(world, client: World.a, counts)
      let denied = try DeniedPair(world, client: World.c, counts)
      let threads = [Companion { allowed.turn() }, Companion { denied.turn() }]
      #expect(eventually(within: .seconds(5)) { counts.exchanges.count > 50 && counts.attempts.count > 500 })
      gateway.end()
      let before = (counts.exchanges.count, counts.attempts.count)
      #expect(
        eventually(within: .seconds(5)) {
          counts.exchanges.count > before.0 + 50 && counts.attempts.count > before.1 + 500
        })
      let second = try ServedGateway(world, gateway.path)
      var again = try GatewayClient(second.path)
      #expect(try again.ask(#"{"kind":"status"}"#)["state"] == nil)
      let fresh = try again.ask(said.freshLine())
      #expect(!fresh.isDone && fresh["stateWanted"]?.hasText("true") == true)
      said.startAnew()
      #expect(try again.ask(said.line(Self.text)).isDone)
      #expect(try again.ask(said.freshLine()).isDone)
      #expect(try again.ask(said.changeLine("apps", left: [World.address(World.b)])).isDone)
      let after = counts.exchanges.count
      #expect(eventually(within: .seconds(5)) { counts.exchanges.count > after + 50 })
      for thread in threads { thread.end() }
      #expect(counts.failures.count == 0 && counts.lostDatagrams.count == 0)
      #expect(counts.leaks.count == 0)
      #expect(try world.reaching(.tcp(8080)) == [World.a])
    }

    @Test("counts denials that the kernel could not hand over, and tells the next ones")
    func lostDenials() throws {
      let gateway = try ServedGateway(world)
      var client = try GatewayClient(gateway.path)
      #expect(try client.ask(said.line(Self.text)).isDone)
      let server = world.lab.namespaces[World.server]
      let target = try Listener(in: server, World.serverAddress, port: 9001, SOCK_DGRAM)
      let sender = try Listener(
        in: world.lab.namespaces[World.c], NetworkAddress(World.address(World.c)), port: 20_001, SOCK_DGRAM)
      let process = client.process
      kill(process, SIGSTOP)
      for _ in 0..<40_000 { sender.send(to: target) }
      kill(process, SIGCONT)
      func number(_ field: StaticString, after: Int = 0) throws -> Int {
        let answer = try client.ask(#"{"kind":"denied","after":\#(after)}"#)
        return (answer[field]?.text).flatMap { Int($0) } ?? 0
      }
      // The next one tells how many there were before it.
      let isCounted = try eventually(within: .seconds(5)) {
        sender.send(to: target)
        return try number("lost") > 0
      }
      #expect(isCounted)
      let status = try client.ask(#"{"kind":"status"}"#)
      let seen = (status["denials"]?.text).flatMap { Int($0) } ?? 0
      let lost = try number("lost")
      #expect(seen + lost >= 40_000 && seen > 100 && lost > 100, "\(seen) seen, \(lost) lost")
      let other = try Listener(
        in: world.lab.namespaces[World.c], NetworkAddress(World.address(World.c)), port: 20_002, SOCK_DGRAM)
      let isTold = try eventually(within: .seconds(5)) {
        other.send(to: target)
        let answer = try client.ask(#"{"kind":"denied","after":\#(seen)}"#)
        return answer["denials"]?.elements.contains { $0["sourcePort"]?.text == "20002" } ?? false
      }
      #expect(isTold)
    }
  }
}
