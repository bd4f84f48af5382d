import Kubernetes
import SourceGroups
import Testing

@Suite("The canonical form of a document")
struct CanonicalFormTests {
  static let everything = Documents.text(
    defaultPolicy: "allow",
    """
    {id: all, priority: 7, defaultAction: deny, sources: [{addresses: [10.0.0.9], cidrs: [10.2.0.0/16, 10.1.0.0/16]}, \
    {kubernetes: {integration: prod, pods: {namespaceSelector: {all: true}, podSelector: {matchExpressions: \
    [{key: a, operator: In, values: [x]}, {key: a, operator: Exists}, {key: b, operator: NotIn, values: [zz, ww]}, \
    {key: c, operator: DoesNotExist}, {key: d, operator: In, values: [p, q]}]}, serviceAccounts: [b, a], \
    includeHostNetwork: true}}, onStale: deny, staleGraceSeconds: 10, zone: inside}, \
    {kubernetes: {integration: prod, nodes: {nodeSelector: {matchLabels: {k: v}}, addressTypes: [ExternalIP, InternalIP]}}}, \
    {kubernetes: {integration: dev, serviceEndpoints: {namespace: shop, name: db}}}], rules: \
    [{id: z, action: allow, mode: audit, to: {domainNames: [B.example.com, a.example.com]}, \
    traffic: [{protocol: 47}, {protocol: ICMPv6, type: 1, code: 2}, {protocol: ICMP}, {protocol: SCTP}]}, \
    {id: w, action: deny, to: {addresses: ['2001:db8::1'], cidrs: [10.0.0.0/8]}, traffic: \
    [{protocol: UDP, port: 5, endPort: 9}, {protocol: TCP, port: 5}], sourcePorts: [{port: 9}, {port: 1, endPort: 8}]}, \
    {id: x, action: allow, to: {anywhere: true}, traffic: [{protocol: any}]}]}
    """, Documents.group(id: "audited", priority: 2, "mode: audit"))

  @Test("as YAML and as JSON is read as an equal document, and written with the same bytes")
  func roundTrip() throws {
    let policy = try Documents.policy(Self.everything)
    for text in [policy.data.yaml, policy.data.json, policy.data.prettyJSON] {
      let again = try Documents.policy(text)
      #expect(again == policy)
      #expect(again.data.yaml == policy.data.yaml)
      #expect(again.canonicalText == policy.canonicalText)
    }
  }

  @Test(
    "does not depend on the order of lists without order, on repetitions, and on what goes without saying")
  func sameMeaning() throws {
    let first = try Documents.policy(
      Documents.text(
        Documents.group(
          id: "b", priority: 2, sources: "[{cidrs: [10.2.0.0/16, 10.1.0.0/16], addresses: [192.0.2.1]}]"),
        Documents.group(id: "a", priority: 1)))
    let second = try Documents.policy(
      Documents.text(
        Documents.group(id: "a", priority: 1, "mode: enforce"),
        Documents.group(
          id: "b", priority: 2, sources: "[{cidrs: [192.0.2.1/32, 10.1.0.0/16, 10.2.0.0/16, 10.1.0.0/16]}]")))
    #expect(first == second)
    #expect(first.canonicalText == second.canonicalText)
  }

  @Test(
    "tells what is different", arguments: ["priority: 1", "443", "10.1.0.0/16", "action: allow", "id: r"])
  func otherMeaning(part: String) throws {
    let replacements = [
      "priority: 1": "priority: 5", "443": "444", "10.1.0.0/16": "10.1.0.0/17",
      "action: allow": "action: deny",
      "id: r": "id: s",
    ]
    let text = Documents.text(Documents.group())
    let other = text.replacing(part, with: try #require(replacements[part]))
    #expect(try Documents.policy(text) != Documents.policy(other))
  }

  @Test("of whatever is read is read as an equal document", arguments: 0..<4)
  func mutatedTexts(seed: UInt64) throws {
    var texts = MutatedTexts(Self.everything, seed: seed)
    var readCount = 0
    for _ in 0..<300 {
      let text = texts.next()
      let reading = Documents.read(text)
      #expect((reading.policy == nil) == reading.diagnostics.contains { $0.severity == .error })
      guard let policy = reading.policy else { continue }
      readCount += 1
      #expect(Documents.read(policy.data.yaml).policy == policy, "\(text)")
    }
    #expect(readCount > 3)
  }

  @Test("is short")
  func text() throws {
    let policy = try Documents.policy(Documents.text(Documents.group()))
    #expect(
      policy.data.yaml == """
        apiVersion: merlon.dev/v1alpha1
        kind: SourceGroupPolicy
        metadata:
          name: egress
        spec:
          defaultPolicy: deny
          sourceGroups:
            - id: web
              priority: 1
              sources:
                - cidrs:
                    - "10.1.0.0/16"
              rules:
                - id: r
                  action: allow
                  to:
                    anywhere: true
                  traffic:
                    - protocol: TCP
                      port: 443

        """)
  }
}
