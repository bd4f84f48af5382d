internal import Glibc

/// One end of a pair of virtual Ethernet links.
package struct LinkEnd: Sendable, Hashable {
  /// At most 15 bytes.
  package let name: String
  /// The link's number in its namespace; nil for the next free one.
  package let index: Int32?
  package let hardware: HardwareAddress?

  package init(_ name: String, index: Int32? = nil, hardware: HardwareAddress? = nil) {
    self.name = name
    self.index = index
    self.hardware = hardware
  }
}

/// A link as the kernel has it now.
package struct Link: Sendable, Hashable {
  package let index: Int32
  package let name: String
  /// Whether it is set up.
  package let isUp: Bool
  /// Whether packets can flow, which takes an end that is up on the other side.
  package let isOperational: Bool

  init?(_ message: NetlinkMessage) {
    guard message.type == RoutingNumbers.newLink, let index: Int32 = message.field(4),
      let flags: UInt32 = message.field(8)
    else { return nil }
    let attributes = message.attributes(after: 16)
    self.index = index
    name = attributes[RoutingNumbers.linkName]?.text ?? ""
    isUp = flags & RoutingNumbers.isUp != 0
    isOperational = attributes[RoutingNumbers.linkState]?.number() == RoutingNumbers.operational
  }
}

extension RoutingConnection {
  /// Makes a pair of links, of which one end is here and the other in another namespace.
  package mutating func addPair(
    _ here: LinkEnd, _ there: LinkEnd, in namespace: borrowing NetworkNamespace
  ) throws(NetlinkError) {
    let descriptor = namespace.descriptor.number
    try socket.request(
      "make links \(here.name) and \(there.name)", type: RoutingNumbers.newLink,
      flags: MessageFlags.create | MessageFlags.exclusive
    ) {
      $0.linkHeader(here.index ?? 0)
      $0.linkEnd(here)
      let information = $0.beginNest(RoutingNumbers.linkInformation)
      $0.attribute(RoutingNumbers.informationKind, "veth")
      let data = $0.beginNest(RoutingNumbers.informationData)
      let peer = $0.beginNest(RoutingNumbers.vethPeer)
      $0.linkHeader(there.index ?? 0)
      $0.linkEnd(there)
      $0.attribute(RoutingNumbers.linkNamespace, descriptor)
      $0.endNest(peer)
      $0.endNest(data)
      $0.endNest(information)
    }
  }

  /// The link with a name; nil when there is none.
  package mutating func link(named name: String) throws(NetlinkError) -> Link? {
    var link: Link?
    do {
      try socket.request("look for link \(name)", type: RoutingNumbers.getLink) {
        $0.linkHeader(0)
        $0.attribute(RoutingNumbers.linkName, name)
      } read: {
        link = Link($0)
      }
    } catch let error where error.reason == .missing {
      return nil
    }
    return link
  }

  /// All links of the namespace.
  package mutating func links() throws(NetlinkError) -> [Link] {
    try socket.list("list links", type: RoutingNumbers.getLink) {
      $0.linkHeader(0)
    } read: {
      Link($0)
    }
  }

  /// Lets packets flow through a link, as soon as its other end is up.
  package mutating func setUp(_ link: Int32) throws(NetlinkError) {
    try change("set up link \(link)", link, flags: RoutingNumbers.isUp) { _ in }
  }

  /// Renames a link.
  package mutating func rename(_ link: Int32, to name: String) throws(NetlinkError) {
    try change("rename link \(link) to \(name)", link) { $0.attribute(RoutingNumbers.linkName, name) }
  }

  /// Changes the hardware address of a link.
  package mutating func setHardware(_ hardware: HardwareAddress, of link: Int32) throws(NetlinkError) {
    try change("set the hardware address of link \(link)", link) {
      $0.attribute(RoutingNumbers.linkHardware, hardware)
    }
  }

  /// Removes a link, and the other end of its pair.
  package mutating func delete(link: Int32) throws(NetlinkError) {
    try socket.request("delete link \(link)", type: RoutingNumbers.deleteLink) { $0.linkHeader(link) }
  }

  private mutating func change(
    _ operation: String, _ link: Int32, flags: UInt32 = 0, _ write: (inout MessageWriter) -> Void
  ) throws(NetlinkError) {
    try socket.request(operation, type: RoutingNumbers.newLink) {
      $0.linkHeader(link, flags: flags)
      write(&$0)
    }
  }
}

extension MessageWriter {
  /// The header of messages about links.
  fileprivate mutating func linkHeader(_ index: Int32, flags: UInt32 = 0) {
    field(UInt32(0))
    field(index)
    field(flags)
    field(flags)
  }

  fileprivate mutating func linkEnd(_ link: LinkEnd) {
    attribute(RoutingNumbers.linkName, link.name)
    if let hardware = link.hardware { attribute(RoutingNumbers.linkHardware, hardware) }
  }
}
