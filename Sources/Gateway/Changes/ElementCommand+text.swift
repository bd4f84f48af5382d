internal import Nftables

extension ElementCommand {
  /// The same for `nft -f`, one line.
  package var text: String {
    let table = "element inet \(GatewayTable.name) "
    switch self {
    case .map(let element, let map): return "add " + table + "\(map) { \(element.text) }"
    case .unmap(let key, let map): return "delete " + table + "\(map) { \(key.keyText) }"
    case .add(let element, let set): return "add " + table + "\(set) { \(element.text) }"
    case .remove(let key, let set): return "delete " + table + "\(set) { \(key.keyText) }"
    }
  }
}
