internal import ArgumentParser
internal import Gateway
internal import Nftables
internal import SourceGroups

/// What a gateway's operator decides: where zones are, and how senders hear of denials.
struct ZoneOptions: ParsableArguments {
  @Option(name: .long, help: ArgumentHelp("Devices of a zone; may be repeated.", valueName: "zone=device,…"))
  var zone: [String] = []

  @Flag(name: .long, help: "Let senders of what is denied hear nothing, instead of a reset or an ICMP error.")
  var drop = false

  func validate() throws { _ = try zones() }

  func settings() throws -> GatewaySettings {
    GatewaySettings(refusal: drop ? .drop : .reject, zones: try zones())
  }

  private func zones() throws -> [String: [InterfaceName]] {
    var zones: [String: [InterfaceName]] = [:]
    for text in zone {
      let parts = text.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else { throw ValidationError("--zone `\(text)` is not ZONE=DEVICE,…") }
      zones[String(parts[0]), default: []] += try parts[1].split(separator: ",").map { name in
        guard let device = InterfaceName(String(name)) else {
          throw ValidationError("--zone `\(text)`: `\(name)` is no name of a network device")
        }
        return device
      }
    }
    return zones
  }
}

extension GatewaySettings {
  /// Says which zones of a document nothing can come in through.
  func reportZones(of policy: SourceGroupPolicy) {
    for zone in zonesWithoutDevices(in: policy) {
      Terminal.writeError(
        "merlon: the zone \(zone) has no devices, so nothing comes in there: --zone \(zone)=DEVICE\n")
    }
  }
}
