import Kubernetes
import PolicyEngine
import PolicyModel
import SourceGroups
import Testing

@testable import SourceGroupDocuments

@Suite("A converted document decides what the original decides")
struct NeuwerkAgreementTests {
  @Test("in random documents without names, for random connections", arguments: 0..<4)
  func verdicts(seed: UInt64) throws {
    var generator = SplitMix64(seed: 2000 + seed)
    for _ in 0..<25 {
      let literal = LiteralDocument.random(&generator).asNeuwerk
      let conversion = NeuwerkConversion(
        ManifestText(path: "neuwerk.yaml", literal.neuwerkText), name: "random")
      let policy = try #require(conversion.policy, "\(conversion.notes)\n\(literal.neuwerkText)")
      #expect(try Documents.policy(policy.data.yaml) == policy)
      for sender in LiteralDocument.senders where !sender.address.isIPv6 {
        for (transport, number, text) in Self.traffic {
          let destination = literal.addresses(isIPv6: false)[
            Int.random(in: 0..<literal.addresses(isIPv6: false).count, using: &generator)]
          let decisions = (transport == "TCP" ? literal.sourcePorts : [1]).map { port in
            literal.decide(
              LiteralDocument.Packet(
                sender: sender, zone: nil, destination: destination, name: nil, transport: transport,
                number: number,
                sourcePort: port)
            ).isAllowed
          }
          let expected: Outcome = Set(decisions).count == 2 ? .undefined : decisions[0] ? .allowed : .denied
          let trace = try ResolvedSourceGroups(policy, members: members(of: policy)).trace(
            from: #require(IPAddress(sender.address.text)),
            to: .address(#require(IPAddress(destination.text))), FlowParser.traffic(text))
          #expect(trace.outcome == expected, "\(trace)\n\(literal.neuwerkText)")
        }
      }
    }
  }

  private static let traffic = [
    ("TCP", 443, "tcp/443"), ("UDP", 53, "udp/53"), ("ICMP", 8, "icmp/8"), ("47", 0, "gre"),
    ("SCTP", 9, "sctp/9"),
  ]

  /// The addresses of the senders that the converted selectors select.
  private func members(of policy: SourceGroupPolicy) -> [SourceKey: AddressSet] {
    var members: [SourceKey: AddressSet] = [:]
    for (key, source) in policy.sources {
      guard case .cluster(_, .pods(let pods)) = source.origin else { continue }
      members[key] = LiteralDocument.senders.filter { sender in
        sender.app.map { pods.pods.matches(Labels(["app": $0])) } ?? false
      }.compactMap { IPAddress($0.address.text) }.reduce(AddressSet.empty) { $0.union(AddressSet($1)) }
    }
    return members
  }
}

extension LiteralDocument {
  /// The same document as far as Neuwerk can write it: IPv4, no names, no zones, one protocol for each rule.
  fileprivate var asNeuwerk: LiteralDocument {
    LiteralDocument(
      defaultPolicy: defaultPolicy,
      groups: groups.map { group in
        let sources = group.sources.compactMap { source, _ -> Source? in
          guard case .blocks(let blocks) = source else { return source }
          let own = blocks.filter { !$0.first.isIPv6 }
          return own.isEmpty ? nil : .blocks(own)
        }
        let fallback = [Source.blocks([Block(first: .ipv4(10, 1, 0, 0), length: 16)])]
        return Group(
          id: group.id, priority: group.priority, isAudited: group.isAudited,
          sources: (sources.isEmpty ? fallback : sources).map { ($0, nil) },
          rules: group.rules.compactMap(\.asNeuwerk),
          defaultAction: group.isAudited ? nil : group.defaultAction)
      })
  }

  fileprivate var neuwerkText: String {
    let groups = groups.map { group in
      let blocks = group.sources.flatMap { source, _ -> [Block] in
        if case .blocks(let blocks) = source { blocks } else { [] }
      }
      let selectors = group.sources.compactMap { source, _ -> String? in
        guard case .pods(let apps) = source else { return nil }
        let labels = apps.map { ", match_labels: {app: \($0[0])}" } ?? ""
        return "{integration: prod, pod_selector: {namespace: shop\(labels)}}"
      }
      let rules = group.rules.enumerated().map { "{priority: \($0), \($1.neuwerkText)}" }
      return """
        {id: \(group.id), priority: \(group.priority), mode: \(group.isAudited ? "audit" : "enforce"), \
        sources: {cidrs: [\(blocks.map(\.text).joined(separator: ", "))], \
        kubernetes: [\(selectors.joined(separator: ", "))]}, \
        \(group.defaultAction.map { "default_action: \($0), " } ?? "")\
        rules: [\(rules.reversed().joined(separator: ", "))]}
        """
    }
    return "default_policy: \(defaultPolicy)\nsource_groups: [\(groups.joined(separator: ", "))]\n"
  }
}

extension LiteralDocument.Rule {
  fileprivate var asNeuwerk: LiteralDocument.Rule? {
    let own = blocks?.filter { !$0.first.isIPv6 }
    guard own?.isEmpty != true, let first = traffic.first, first.name != "ICMPv6",
      first.name != "ICMP" || first.first > 0
    else { return nil }
    return LiteralDocument.Rule(
      id: id, action: action, isAudited: id == "r1", blocks: own, names: [], traffic: [first],
      sourcePorts: sourcePorts)
  }

  fileprivate var neuwerkText: String {
    var match: [String] = []
    if let blocks { match.append("dst_cidrs: [\(blocks.map(\.text).joined(separator: ", "))]") }
    let entry = traffic[0]
    let names = ["any": "any", "TCP": "tcp", "UDP": "udp", "SCTP": "132", "ICMP": "icmp", "47": "47"]
    match.append("proto: \(names[entry.name] ?? "any")")
    if entry.name == "ICMP" { match.append("icmp_types: [\(entry.first)]") }
    if entry.last > 0 { match.append("dst_ports: ['\(entry.first)-\(entry.last)']") }
    if let sourcePorts { match.append("src_ports: ['\(sourcePorts.lowerBound)-\(sourcePorts.upperBound)']") }
    return
      "id: \(id), action: \(action), \(isAudited ? "mode: audit, " : "")match: {\(match.joined(separator: ", "))}"
  }
}
