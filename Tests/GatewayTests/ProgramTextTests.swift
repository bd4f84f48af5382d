import Gateway
import Nftables
import NftablesSemantics
import SourceGroups
import Testing

@Suite("The text of a gateway's program")
struct ProgramTextTests {
  @Test("is readable, and the same every time")
  func golden() throws {
    let gateway = Gateways.gateway(
      try Gateways.policy(
        """
        {id: web, priority: 1, sources: [{\(Gateways.everyPod)}], rules: [
          {id: metadata, action: deny, to: {addresses: [169.254.169.254]}, traffic: [{protocol: any}]},
          {id: bank, action: allow, to: {domainNames: [api.bank.example]}, traffic: [{protocol: TCP, port: 443}]}]}
        """),
      members: [Gateways.key("web"): ["10.1.0.7"]])
    #expect(gateway.program.text == Self.text)
    #expect(
      gateway.names.rules[0x8d96_d71f_5bc4_53ba] == ProgramNames.Rule(group: "web", name: "rule bank"))
    #expect(
      gateway.names.reading(prefix: "v=deny g=0000000000000000 r=87ed44f0969d8c91 ")
        == LogReading(kind: .deny, rule: .defaultPolicy))
  }

  @Test(
    "is accepted by nft, with everything that a document can say",
    .enabled(if: Nft.obstacle == nil, "nft and network namespaces are needed"))
  func accepted() throws {
    let traffic = [
      "{protocol: any}", "{protocol: TCP, port: 80}", "{protocol: UDP, port: 1, endPort: 9}",
      "{protocol: SCTP}",
      "{protocol: ICMP}", "{protocol: ICMPv6, type: 128, code: 0}", "{protocol: ICMP, type: 0}",
      "{protocol: 47}",
    ]
    let to = [
      "{anywhere: true}", "{cidrs: ['0.0.0.0/0']}",
      "{cidrs: ['10.0.0.0/8', '10.0.0.0/9', 'fd00::/8', 192.0.2.1/32]}",
      "{domainNames: ['*.example.com'], addresses: [192.0.2.1, 192.0.2.2, 192.0.2.3]}",
    ]
    var rules = traffic.enumerated().flatMap { number, traffic in
      to.enumerated().map { place, to in
        let mode = (number + place) % 3 == 0 ? ", mode: audit" : ""
        let action = (number + place) % 2 == 0 ? "allow" : "deny"
        return "{id: r\(number)-\(place), action: \(action), to: \(to), traffic: [\(traffic)]\(mode)}"
      }
    }
    rules.append(
      "{id: ports, action: deny, to: {anywhere: true}, traffic: [{protocol: TCP}], sourcePorts: [{port: 1, endPort: 5}]}"
    )
    let gateway = Gateways.gateway(
      try Gateways.policy(
        defaultPolicy: "allow",
        "{id: a, priority: 1, sources: [{\(Gateways.everyPod), zone: inside, onStale: deny}, {cidrs: ['0.0.0.0/0', 'fd00::/8']}], rules: [\(rules.joined(separator: ", "))]}",
        "{id: b, priority: 2, mode: audit, sources: [{\(Gateways.everyPod), onStale: clear}, {addresses: [10.1.0.0, 10.1.0.1, 10.1.0.2], zone: outside}], defaultAction: deny}"
      ), members: [Gateways.key("a"): ["10.1.0.7", "fd00::7"], Gateways.key("b"): ["10.1.0.7"]])
    #expect(Nft.refusal(of: gateway.program.text) == nil)
    #expect(
      Nft.refusal(ofLoading: [
        gateway.replacement([:]).text, gateway.replacement(Gateways.leases(of: gateway.policy)).text,
      ]) == nil)
  }

  private static let text = """
    table inet merlon {
      counter matches_87ed44f0969d8c91 {
      }

      counter matches_8d96d71f5bc453ba {
      }

      counter matches_9f235a8ac9aed34b {
      }

      counter members_b84f828b1512b2a6 {
      }

      counter unconnected {
      }

      set lease_5ea0abef5bc1ec86 {
        type nf_proto
        flags timeout
        elements = { ipv4 timeout 300s, ipv6 timeout 300s }
      }

      set names4_84cd89966930b235 {
        type ipv4_addr . ipv4_addr
        flags timeout
      }

      set names6_84cd89966930b235 {
        type ipv6_addr . ipv6_addr
        flags timeout
      }

      map classes {
        type mark : verdict
        elements = { 0x16d9be7c : goto class_81e141859738fff9, 0x895f8a30 : goto class_1e0a5cdd9755d6ed }
      }

      map sources4 {
        type ipv4_addr : mark
        elements = { 10.1.0.7 : 0x16d9be7c }
      }

      map sources6 {
        type ipv6_addr : mark
      }

      chain refuse {
        meta l4proto tcp reject with tcp reset
        reject with icmpx admin-prohibited
      }

      chain deny_87ed44f0969d8c91 {
        limit rate 10/second burst 20 packets log prefix "v=deny g=0000000000000000 r=87ed44f0969d8c91 " group 5 snaplen 128
        goto refuse
      }

      chain undecided {
        counter name matches_87ed44f0969d8c91 goto deny_87ed44f0969d8c91
      }

      chain class_1e0a5cdd9755d6ed {
        goto undecided
      }

      chain deny_9f235a8ac9aed34b {
        limit rate 10/second burst 20 packets log prefix "v=deny g=b84f828b1512b2a6 r=9f235a8ac9aed34b " group 5 snaplen 128
        goto refuse
      }

      chain members_b84f828b1512b2a6 {
        counter name members_b84f828b1512b2a6
        ct reply ip saddr 169.254.169.254 counter name matches_9f235a8ac9aed34b goto deny_9f235a8ac9aed34b
        meta l4proto { icmp, tcp, icmpv6 } ct protocol tcp ct reply proto-src 443 ct original ip saddr . ct reply ip saddr @names4_84cd89966930b235 counter name matches_8d96d71f5bc453ba accept
        meta l4proto { icmp, tcp, icmpv6 } ct protocol tcp ct reply proto-src 443 ct original ip6 saddr . ct reply ip6 saddr @names6_84cd89966930b235 counter name matches_8d96d71f5bc453ba accept
      }

      chain class_81e141859738fff9 {
        meta nfproto @lease_5ea0abef5bc1ec86 jump members_b84f828b1512b2a6
        goto undecided
      }

      chain networks {
        goto class_1e0a5cdd9755d6ed
      }

      chain forward {
        type filter hook forward priority 0; policy drop;
        ct state invalid,untracked counter name unconnected drop
        meta mark set 0x00000000
        meta mark set ct original ip saddr map @sources4
        meta mark set ct original ip6 saddr map @sources6
        meta mark vmap @classes
        goto networks
      }

      chain structure_85304cd38524c75f {
      }
    }

    """
}
