internal import Kubernetes
internal import KubernetesAPI

/// Who has which address, as a control plane knows: asked once for each.
struct AddressNames {
  private var names: [String: String] = [:]

  /// Asks for those that are not known yet.
  nonisolated(nonsending) mutating func learn(
    _ addresses: some Sequence<String>, _ client: ControlPlaneClient
  ) async throws(ControlPlaneFailure) {
    for text in Set(addresses).sorted() where names[text] == nil {
      // As it is printed, it has nothing that a path could not have.
      guard let address = IPAddress(text) else { continue }
      let answer = try await client.data(.controlPlane("whois/\(address)"))
      let holders = (answer["holders"]?.elements ?? []).map(\.qualifiedName)
      names[text] = holders.joined(separator: ",")
    }
  }

  /// Forgets everything, as addresses get other holders.
  mutating func forget() { names = [:] }

  /// `shop/web (10.0.0.7)`, or the address alone.
  func text(_ address: String) -> String {
    guard let name = names[address], !name.isEmpty else { return address }
    return "\(name) (\(address))"
  }

  func name(_ address: String) -> DataValue? {
    names[address].flatMap { $0.isEmpty ? nil : .string($0) }
  }
}
