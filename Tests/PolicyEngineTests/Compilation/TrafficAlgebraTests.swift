import Kubernetes
import PolicyModel
import Testing

@testable import PolicyEngine

@Suite("Sets of traffic by number")
struct TrafficAlgebraTests {
  private static let sets: [TrafficSet] = [
    .none, .all, TrafficSet(.tcp, PortSet(80)), TrafficSet(.tcp, PortSet(80...90)), TrafficSet(.udp, .all),
    TrafficSet(tcp: .all, udp: PortSet(53)), TrafficSet(tcp: PortSet(81...65535), sctp: PortSet(7)),
  ]

  @Test("equal sets have one number, and a number stands for its set")
  func numbers() {
    var algebra = TrafficAlgebra()
    let numbers = Self.sets.map { algebra.number(of: $0) }
    #expect(Set(numbers).count == numbers.count)
    #expect(Self.sets.map { algebra.number(of: $0) } == numbers)
    #expect(numbers.map { algebra[$0] } == Self.sets)
    #expect(numbers[0] == .none && numbers[1] == .all && numbers.filter(\.isEmpty) == [.none])
  }

  @Test("operations are those of the sets, the first time and again")
  func operations() {
    var algebra = TrafficAlgebra()
    for _ in 0..<2 {
      for a in Self.sets {
        for b in Self.sets {
          let (left, right) = (algebra.number(of: a), algebra.number(of: b))
          #expect(algebra.union(left, right) == algebra.number(of: a.union(b)))
          #expect(algebra.intersection(left, right) == algebra.number(of: a.intersection(b)))
          #expect(algebra.subtracting(left, right) == algebra.number(of: a.subtracting(b)))
        }
      }
    }
  }
}
