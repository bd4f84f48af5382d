internal import Gateway
internal import Kubernetes
internal import Netlink
internal import Nftables

extension TableTransaction {
  /// The commands as one batch of the gateway's table.
  init(_ commands: some Sequence<ElementCommand>) {
    self.init(table: GatewayTable.name.text)
    for command in commands { append(command) }
  }

  private mutating func append(_ command: ElementCommand) {
    switch command {
    case .map(let element, let map):
      add(SetKey(element.key), to: map.text, value: .mark(element.mark))
    case .unmap(let key, let map): delete(SetKey(key), from: map.text)
    case .add(let element, let set): add(SetKey(element.key), to: set.text, timeout: element.timeout)
    case .remove(let key, let set): delete(SetKey(key), from: set.text)
    }
  }
}
