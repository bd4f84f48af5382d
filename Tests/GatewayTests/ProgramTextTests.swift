import Gateway
import Nftables
import NftablesSemantics
import SourceGroups
import Testing

@Suite("The text of a gateway's program")
struct ProgramTextTests {
  @Test("is readable, and has no names of users")
  func golden() throws {
    let policy = try Gateways.policy(
      "{id: payments, priority: 1, sources: [{\(Gateways.everyPod)}], rules: [{id: metadata, action: deny, to: {addresses: [169.254.169.254]}, traffic: [{protocol: any}]}, {id: bank, action: allow, to: {domainNames: [api.bank.example]}, traffic: [{protocol: TCP, port: 443}]}, {id: dns, action: allow, to: {cidrs: [10.96.0.0/16]}, traffic: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]}]}",
      "{id: office, priority: 2, sources: [{cidrs: [192.168.0.0/16], zone: inside}], rules: [{id: ping, action: allow, to: {anywhere: true}, traffic: [{protocol: ICMP, type: 8}]}, {id: rest, action: deny, mode: audit, to: {anywhere: true}, traffic: [{protocol: any}]}]}"
    )
    let gateway = Gateways.gateway(policy, members: [Gateways.key("payments"): ["10.1.0.7", "fd00::7"]])
    print(gateway.program.text)
    #expect(Nft.refusal(of: gateway.program.text) == nil)
  }
}
