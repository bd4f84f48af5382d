import Kubernetes
import PolicyModel
import Testing

@Suite("PortSet")
struct PortSetTests {
  @Test("ports are 1 to 65535: the complement of nothing is all")
  func bounds() {
    #expect(PortSet.none.complement == .all)
    #expect(PortSet.all.complement == .none)
    #expect(PortSet(1).complement == PortSet(2...65535))
    #expect(PortSet(65535).complement == PortSet(1...65534))
    #expect(PortSet.all.contains(1) && PortSet.all.contains(65535))
    #expect(PortSet(1...65535) == .all)
  }

  @Test("neighbours become one range")
  func neighbours() {
    #expect(PortSet(80).union(PortSet(81)) == PortSet(80...81))
    #expect(PortSet(80).union(PortSet(82)).ranges == [80...80, 82...82])
    #expect(PortSet(65534).union(PortSet(65535)) == PortSet(65534...65535))
    #expect(PortSet(1...100).union(PortSet(50...60)) == PortSet(1...100))
  }

  @Test("ranges of any order are the union of them one by one")
  func unsorted() {
    #expect(PortSet(unsorted: []) == .none)
    #expect(PortSet(unsorted: [443...443, 80...90, 91...100, 85...86]).ranges == [80...100, 443...443])
    #expect(PortSet(unsorted: [65535...65535, 1...65534]) == .all)
    #expect(
      TrafficSet(unsorted: [(.udp, 53...53), (.tcp, 80...80), (.tcp, 79...79)])
        == TrafficSet(tcp: PortSet(79...80), udp: PortSet(53)))
  }

  @Test("the description lists ports and ranges")
  func description() {
    #expect(PortSet.none.description == "no port")
    #expect(PortSet.all.description == "all ports")
    #expect(PortSet(443).union(PortSet(80)).union(PortSet(8000...8100)).description == "80,443,8000-8100")
  }

  /// A set of a few small ranges near both edges, with its ports one by one.
  private static func random(_ random: inout SplitMix64) -> (PortSet, Set<UInt16>) {
    var set = PortSet.none
    var model: Set<UInt16> = []
    for _ in 0..<Int.random(in: 0...6, using: &random) {
      let base: UInt16 = Bool.random(using: &random) ? 1 : 65496
      let start = base + UInt16.random(in: 0..<40, using: &random)
      let range = start...UInt16.random(in: start...(base + 39), using: &random)
      set = set.union(PortSet(range))
      model.formUnion(range)
    }
    return (set, model)
  }

  private func members(_ set: PortSet) -> Set<UInt16> { Set(set.ranges.flatMap { Array($0) }) }

  @Test("operations agree with sets of numbers", arguments: 0..<200)
  func model(_ seed: Int) {
    var random = SplitMix64(seed: UInt64(seed))
    for _ in 0..<10 {
      let (a, modelA) = Self.random(&random)
      let (b, modelB) = Self.random(&random)
      #expect(members(a) == modelA)
      #expect(members(a.union(b)) == modelA.union(modelB))
      #expect(members(a.intersection(b)) == modelA.intersection(modelB))
      #expect(members(a.subtracting(b)) == modelA.subtracting(modelB))
      #expect(a.complement.complement == a)
      #expect(a.complement.union(a) == .all)
      #expect(a.complement.intersection(a) == .none)
      #expect(a.isEmpty == modelA.isEmpty)
      #expect((a == b) == (modelA == modelB))
      for port in Array(1...41) + Array(65495...65535) {
        #expect(a.contains(UInt16(port)) == modelA.contains(UInt16(port)))
      }
      for (range, next) in zip(a.ranges, a.ranges.dropFirst()) {
        #expect(Int(range.upperBound) + 1 < Int(next.lowerBound))
      }
    }
  }
}

@Suite("TrafficSet")
struct TrafficSetTests {
  private let web = TrafficSet(.tcp, PortSet(80).union(PortSet(443)))
  private let dns = TrafficSet(tcp: PortSet(53), udp: PortSet(53))

  @Test("protocols are apart: a TCP port is no UDP or SCTP port")
  func protocols() {
    #expect(web.contains(.tcp, 80))
    #expect(!web.contains(.udp, 80))
    #expect(!web.contains(.sctp, 80))
    #expect(TrafficSet(.sctp, .all).intersection(TrafficSet(.tcp, .all)).isEmpty)
  }

  @Test("operations work on each protocol")
  func operations() {
    let both = web.union(dns)
    #expect(both.tcp.ranges == [53...53, 80...80, 443...443])
    #expect(both.udp == PortSet(53))
    #expect(both.intersection(dns) == dns)
    #expect(both.subtracting(dns) == web)
    #expect(TrafficSet.all.subtracting(TrafficSet(.udp, .all))[.udp].isEmpty)
    #expect(TrafficSet.none.isEmpty && !TrafficSet.all.isEmpty)
    var changed = TrafficSet.none
    for transport in TransportProtocol.allCases { changed[transport] = .all }
    #expect(changed == .all)
  }

  @Test("the description names protocols with their ports")
  func description() {
    #expect(TrafficSet.all.description == "all")
    #expect(TrafficSet.none.description == "none")
    #expect(web.union(dns).description == "TCP 53,80,443 UDP 53")
    #expect(TrafficSet(tcp: .all, sctp: PortSet(7)).description == "TCP all SCTP 7")
  }
}
