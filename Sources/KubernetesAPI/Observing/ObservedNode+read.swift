package import Kubernetes

extension ObservedNode: ObservedObject {
  package static let resource = APIResource(version: "v1", name: "nodes", kind: "Node", isNamespaced: false)

  package init(_ object: Node, _ shared: inout SharedTexts) throws(APIError) {
    let meta = try ObservedMeta(object, of: Self.resource, &shared)
    var addresses: [Address] = []
    for entry in object["status"]?["addresses"]?.elements ?? [] {
      guard let kind = Address.Kind(rawValue: entry.observedText("type")), let text = entry["address"] else {
        continue
      }
      let address = Address(kind, try text.observedAddress(of: meta.name))
      if !addresses.contains(address) { addresses.append(address) }
    }
    var blocks: [CIDR] = []
    for entry in object["spec"]?["podCIDRs"]?.elements ?? [] {
      guard let block = ParsedCIDR(entry.text)?.cidr else {
        throw .unreadable("the server sends \(meta.name) with a block that is none: \(entry.text.prefix(60))")
      }
      blocks.append(block)
    }
    self.init(name: meta.name, uid: meta.uid, labels: meta.labels, addresses: addresses, podBlocks: blocks)
  }
}

extension ObservedNamespace: ObservedObject {
  package static let resource = APIResource(
    version: "v1", name: "namespaces", kind: "Namespace", isNamespaced: false)

  package init(_ object: Node, _ shared: inout SharedTexts) throws(APIError) {
    let meta = try ObservedMeta(object, of: Self.resource, &shared)
    self.init(name: meta.name, uid: meta.uid, labels: meta.labels)
  }
}
