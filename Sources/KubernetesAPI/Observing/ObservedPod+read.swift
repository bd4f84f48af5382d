package import Kubernetes

extension ObservedPod: ObservedObject {
  package static let resource = APIResource(version: "v1", name: "pods", kind: "Pod", isNamespaced: true)

  package init(_ object: Node, _ shared: inout SharedTexts) throws(APIError) {
    let meta = try ObservedMeta(object, of: Self.resource, &shared)
    let (spec, status) = (object["spec"], object["status"])
    let account = spec?.observedText("serviceAccountName") ?? ""
    let phase = status?.observedText("phase") ?? ""
    var addresses: [IPAddress] = []
    for entry in status?["podIPs"]?.elements ?? [] {
      guard let ip = entry["ip"] else { continue }
      let address = try ip.observedAddress(of: meta.name)
      if !addresses.contains(address) { addresses.append(address) }
    }
    // Before Kubernetes 1.20 `podIP` may stand alone.
    if addresses.isEmpty, let only = status?["podIP"], !only.isNull, !only.text.isEmpty {
      addresses = [try only.observedAddress(of: meta.name)]
    }
    let deletion = object["metadata"]?.observedText("deletionTimestamp") ?? ""
    self.init(
      name: meta.name, uid: meta.uid, labels: meta.labels,
      node: shared.shared(spec?.observedText("nodeName") ?? ""),
      serviceAccount: account.isEmpty ? "default" : shared.shared(account),
      phase: phase == "Succeeded" || phase == "Failed" ? .finished : .live,
      isTerminating: !deletion.isEmpty, usesHostNetwork: spec?.observedFlag("hostNetwork") ?? false,
      addresses: addresses, createdAt: Timestamp(object["metadata"]?.observedText("creationTimestamp") ?? ""))
  }
}
