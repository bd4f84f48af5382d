import Gateway
import Glibc
import Kubernetes
import Netlink
import SourceGroups
import Staging
import Testing

@testable import Enforcement

extension RealKernel {
  /// Ratios and times of a release build; other work on the machine makes them larger.
  @Suite("What enforcement costs", .enabled(if: getenv("MERLON_COSTS") != nil, "measures: set MERLON_COSTS"))
  struct EnforcementCostTests {
    /// 200 groups whose first rule lets the server's port 9000 be reached.
    private static func policy() throws -> SourceGroupPolicy {
      let groups = (0..<200).map { number in
        Documents.group(
          "g\(number)", priority: number,
          """
          {id: web, action: allow, to: {cidrs: [10.\(number).0.0/16]}, traffic: [{protocol: TCP, port: 443}]}
          """,
          Documents.rule("open", ports: 9000),
          "{id: metadata, action: deny, to: {addresses: [169.254.169.254]}, traffic: [{protocol: any}]}")
      }
      let reading = SourceGroupPolicy.read(ManifestText(path: "policy.yaml", Documents.text(groups)))
      return try #require(reading.policy, "\(reading.diagnostics.map(\.message))")
    }

    /// Addresses that are members of two groups each, client `a` among them.
    private static func said(_ count: Int) throws -> Said {
      var members: [String: [IPAddress]] = [:]
      for number in 0..<count {
        let address =
          number == 0 ? World.address(World.a) : IPAddress(.ipv4, bits: 0x0B00_0000 + UInt128(number))
        members["g\(number % 199)", default: []].append(address)
        members["g\(number % 199 + 1)", default: []].append(address)
      }
      return Said(try policy(), members)
    }

    @Test("packets pay less than a third more than without rules, however many members there are")
    func packets() throws {
      let counts: [Int?] = [nil, 1_000, 50_000]
      var worlds: [(world: World, sender: Listener, receiver: Listener)] = []
      for count in counts {
        let world = try World()
        if let count {
          // Its table stays when it goes.
          var enforcer = try world.enforcer()
          try enforcer.enforce(Self.said(count).state, at: .now)
        }
        let receiver = try Listener(
          in: world.lab.namespaces[World.server], World.serverAddress, port: 9000, SOCK_DGRAM)
        let sender = try Listener(
          in: world.lab.namespaces[World.a], NetworkAddress(World.address(World.a)), port: 20_000, SOCK_DGRAM)
        worlds.append((world, sender, receiver))
      }
      var best = [Duration](repeating: .seconds(1), count: counts.count)
      var received = [Int](repeating: 0, count: counts.count)
      let (bursts, length) = (400, 200)
      let clock = ContinuousClock()
      for _ in 0..<bursts {
        for (place, ends) in worlds.enumerated() {
          let start = clock.now
          for _ in 0..<length { ends.sender.send(to: ends.receiver) }
          best[place] = min(best[place], clock.now - start)
          while ends.receiver.receive() { received[place] += 1 }
        }
      }
      let nanoseconds = best.map { Int($0 / .nanoseconds(1)) / length }
      let ratios = best.map { $0 / best[0] }
      print("packets: \(nanoseconds) ns without rules, with 1,000 and with 50,000 members; ratios \(ratios)")
      #expect(received.allSatisfy { $0 > bursts * length * 9 / 10 }, "\(received)")
      #expect(ratios[1] < 1.3 && ratios[2] < 1.3)
      #expect(ratios[2] < ratios[1] * 1.1)
    }

    @Test("100,000 members are loaded within a second of processors, and one more costs less than 100 µs")
    func members() throws {
      let world = try World()
      var said = try Self.said(100_000)
      let state = try said.state
      var enforcer = try world.enforcer()
      let before = Self.processorSeconds()
      try enforcer.enforce(state, at: .now)
      let load = Self.processorSeconds() - before
      let deltas = try (0..<2000).map { number in
        let address = [IPAddress(.ipv4, bits: 0x0C00_0000 + UInt128(number / 2))]
        return try number.isMultiple(of: 2)
          ? said.change("g7", joined: address) : said.change("g7", left: address)
      }
      let start = Self.threadSeconds()
      for delta in deltas { _ = try enforcer.enforce(delta, at: .now) }
      let change = (Self.threadSeconds() - start) / Double(deltas.count)
      print("members: 100,000 loaded in \(load) CPU-seconds; one change \(change * 1e6) µs")
      #expect(load < 1)
      #expect(change < 100e-6)
      #expect(try enforcer.table.compare(enforcer.gateway) == .same)
    }

    /// Of this process, and of those that it has waited for.
    private static func processorSeconds() -> Double {
      [RUSAGE_SELF, RUSAGE_CHILDREN].reduce(0) { sum, who in
        var usage = rusage()
        getrusage(__rusage_who_t(who.rawValue), &usage)
        let micro = usage.ru_utime.tv_usec + usage.ru_stime.tv_usec
        return sum + Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(micro) / 1e6
      }
    }

    private static func threadSeconds() -> Double {
      var time = timespec()
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
      return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
  }
}
