package import Kubernetes
package import PolicyModel

extension Endpoint {
  /// The numbers that a port name stands for (SEMANTICS.md §1.3).
  package func portNumbers(
    named name: String, _ transport: TransportProtocol, _ reading: EngineProfile.PortNameReading
  ) -> [UInt16] {
    func numbers(_ origin: ContainerPort.Origin) -> [UInt16] {
      ports.filter { $0.origin == origin && $0.name == name && $0.transport == transport }.map(\.number)
    }
    let running = numbers(.container) + numbers(.sidecar)
    switch reading {
    case .first: return Array(running.prefix(1))
    case .all: return running
    case .firstWithInit: return Array((running + numbers(.initContainer)).prefix(1))
    case .allWithInit: return running + numbers(.initContainer)
    }
  }

  /// Whether the readings of a port name differ for some name that `isWanted`.
  func hasAmbiguousPortNames(_ isWanted: (String) -> Bool = { _ in true }) -> Bool {
    var first: [PortName: UInt16] = [:]
    for port in ports {
      guard let name = port.name, isWanted(name) else { continue }
      if port.origin == .initContainer { return true }
      if let number = first.updateValue(port.number, forKey: PortName(name: name, transport: port.transport)),
        number != port.number
      {
        return true
      }
    }
    return false
  }
}

/// A port name with its protocol: the same name may mean two things.
struct PortName: Hashable {
  let name: String
  let transport: TransportProtocol
}
