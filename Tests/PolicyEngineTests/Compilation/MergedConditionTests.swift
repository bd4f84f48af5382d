import Kubernetes
import PolicyModel
import Testing

@testable import PolicyEngine

@Suite("Conditions with merged blocks")
struct MergedConditionTests {
  private func block(_ text: String, except hole: String? = nil) throws -> PeerCondition {
    func cidr(_ text: String) throws -> CIDR {
      let parts = text.split(separator: "/")
      return CIDR(try #require(IPAddress(String(parts[0]))), prefixLength: try #require(Int(parts[1])))
    }
    return .addresses(AddressBlock(cidr: try cidr(text), excepts: try hole.map { [try cidr($0)] } ?? []))
  }

  private func sets(_ conditions: PeerCondition...) -> [String] {
    var sets: [String] = []
    MergedCondition(anyOf: conditions).forEachSimple {
      sets.append($0.description)
    } _: { _ in
    }
    return sets
  }

  @Test("blocks of which one must match are one set, excepts taken out of each before")
  func alternatives() throws {
    let (low, high) = (try block("10.0.0.0/9", except: "10.0.0.0/16"), try block("10.128.0.0/9"))
    #expect(sets(low, .outside, high) == ["10.0.0.0/8 except 10.0.0.0/16"])
    #expect(sets(.all([.any([low, high]), .outside])) == ["10.0.0.0/8 except 10.0.0.0/16"])
    #expect(sets(low, try block("10.0.0.0/16")) == ["10.0.0.0/9"])
  }

  @Test("blocks of which none may match are one set")
  func holes() throws {
    let (low, high) = (try block("10.0.0.0/9"), try block("10.128.0.0/9"))
    #expect(sets(.all([.not(low), .outside, .not(high)])) == ["10.0.0.0/8"])
    #expect(sets(.not(.any([low, high]))) == ["10.0.0.0/8"])
  }

  @Test("blocks that must match together stay apart, and so do a block and a hole")
  func together() throws {
    let (low, whole) = (try block("10.0.0.0/9"), try block("10.0.0.0/8"))
    #expect(sets(.all([low, whole])) == ["10.0.0.0/9", "10.0.0.0/8"])
    #expect(sets(.all([whole, .not(low)])) == ["10.0.0.0/8", "10.0.0.0/9"])
  }

  @Test("without blocks there is no set; a block without addresses is an empty one")
  func none() throws {
    #expect(sets(.outside, .not(.family(.ipv4))).isEmpty)
    #expect(sets(try block("10.0.0.0/8", except: "10.0.0.0/8")) == ["no address"])
  }
}
