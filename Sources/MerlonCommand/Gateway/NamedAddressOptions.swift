internal import ArgumentParser
internal import Kubernetes
internal import KubernetesAPI

extension ControlPlaneOptions {
  /// Whether a control plane is named, that knows who has which address.
  var isGiven: Bool {
    let environment = EnvironmentVariables.process
    return [server, environment["MERLON_SERVER"]].contains { !($0 ?? "").isEmpty }
  }

  /// Learns who has some addresses, where a control plane is named. Who cannot be asked is said, and is no reason to show less.
  nonisolated(nonsending) func learn(
    _ addresses: Set<String>, _ names: AddressNames, _ display: DisplayOptions
  ) async -> AddressNames {
    guard isGiven, !addresses.isEmpty else { return names }
    do throws(ExitStatus) {
      return try await asking(display) { client throws(ControlPlaneFailure) in
        var names = names
        try await names.learn(addresses, client)
        return names
      }
    } catch {
      return names
    }
  }
}

extension Node {
  /// `tcp/443`, `icmp`.
  var protocolAndPort: String {
    let number = number(of: "protocol")
    let name = [1: "icmp", 6: "tcp", 17: "udp", 58: "icmpv6", 132: "sctp"][number] ?? "\(number)"
    return self["port"] == nil ? name : "\(name)/\(number == 1 || number == 58 ? 0 : self.number(of: "port"))"
  }
}
