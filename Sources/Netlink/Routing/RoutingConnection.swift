internal import Glibc

/// Links, addresses, routes and neighbours of one network namespace.
package struct RoutingConnection: ~Copyable, Sendable {
  var socket: NetlinkSocket

  /// A connection about the network namespace that the calling thread is in; it stays with that one.
  package init() throws(NetlinkError) {
    socket = try NetlinkSocket(.route, for: "open a connection to routing")
  }

  // MARK: - Addresses, routes, neighbours

  /// Gives a link an address. An IPv6 address can be used at once: nobody is asked whether they have it.
  package mutating func addAddress(
    _ address: NetworkAddress, prefixLength: UInt8, to link: Int32
  ) throws(NetlinkError) {
    try socket.request(
      "add address \(address)/\(prefixLength) to link \(link)", type: RoutingNumbers.newAddress,
      flags: MessageFlags.create | MessageFlags.exclusive
    ) {
      $0.field(UInt8(address.family))
      $0.field(prefixLength)
      $0.field(UInt8(0))
      $0.field(UInt8(0))
      $0.field(UInt32(link))
      $0.attribute(RoutingNumbers.addressLocal, address)
      $0.attribute(RoutingNumbers.address, address)
      $0.attribute(RoutingNumbers.addressFlags, RoutingNumbers.noDuplicateDetection)
    }
  }

  /// Adds a route, or replaces the one to the same addresses.
  ///
  /// - Parameters:
  ///   - prefixLength: 0 for a default route.
  ///   - gateway: taken for a neighbour on the link whatever the link's addresses are; nil when the addresses are on the link.
  package mutating func setRoute(
    to destination: NetworkAddress, prefixLength: UInt8, via gateway: NetworkAddress? = nil, on link: Int32
  ) throws(NetlinkError) {
    try socket.request(
      "route \(destination)/\(prefixLength) to link \(link)", type: RoutingNumbers.newRoute,
      flags: MessageFlags.create | MessageFlags.replace
    ) {
      let hasLinkScope = gateway == nil && destination.isIPv4
      $0.field(UInt8(destination.family))
      $0.field(prefixLength)
      $0.field(UInt16(0))
      $0.field(RoutingNumbers.mainTable)
      $0.field(RoutingNumbers.staticProtocol)
      $0.field(hasLinkScope ? RoutingNumbers.linkScope : UInt8(0))
      $0.field(RoutingNumbers.unicast)
      $0.field(gateway == nil ? UInt32(0) : RoutingNumbers.onLink)
      if prefixLength > 0 { $0.attribute(RoutingNumbers.routeDestination, destination) }
      if let gateway { $0.attribute(RoutingNumbers.routeGateway, gateway) }
      $0.attribute(RoutingNumbers.routeOutput, link)
    }
  }

  /// Says for good which hardware address a neighbour has, so that nobody has to ask.
  package mutating func setNeighbour(
    _ address: NetworkAddress, _ hardware: HardwareAddress, on link: Int32
  ) throws(NetlinkError) {
    try socket.request(
      "set neighbour \(address) of link \(link)", type: RoutingNumbers.newNeighbour,
      flags: MessageFlags.create | MessageFlags.replace
    ) {
      $0.field(UInt8(address.family))
      $0.field(UInt8(0))
      $0.field(UInt16(0))
      $0.field(link)
      $0.field(RoutingNumbers.permanent)
      $0.field(UInt16(0))
      $0.attribute(RoutingNumbers.neighbourAddress, address)
      $0.attribute(RoutingNumbers.neighbourHardware, hardware)
    }
  }
}

/// Six bytes that a link answers to.
package struct HardwareAddress: Sendable, Hashable {
  /// The lower 48 bits.
  package let bits: UInt64

  /// An address that nobody's hardware has: locally administered, with a number in its last four bytes.
  package init(local group: UInt8, _ number: UInt32) {
    bits = 0x0200_0000_0000 | UInt64(group) << 32 | UInt64(number)
  }
}

extension MessageWriter {
  mutating func attribute(_ type: UInt16, _ address: NetworkAddress) {
    address.withBytes { attribute(type, $0) }
  }

  mutating func attribute(_ type: UInt16, _ hardware: HardwareAddress) {
    withUnsafeBytes(of: (hardware.bits << 16).bigEndian) {
      attribute(type, UnsafeRawBufferPointer(rebasing: $0[..<6]))
    }
  }
}

/// Numbers of linux/rtnetlink.h, if_link.h, if_addr.h, neighbour.h and veth.h.
enum RoutingNumbers {
  static let newLink: UInt16 = 16
  static let deleteLink: UInt16 = 17
  static let getLink: UInt16 = 18
  static let newAddress: UInt16 = 20
  static let newRoute: UInt16 = 24
  static let newNeighbour: UInt16 = 28

  static let linkHardware: UInt16 = 1
  static let linkName: UInt16 = 3
  static let linkState: UInt16 = 16
  static let linkInformation: UInt16 = 18
  static let linkNamespace: UInt16 = 28
  static let informationKind: UInt16 = 1
  static let informationData: UInt16 = 2
  static let vethPeer: UInt16 = 1
  static let isUp: UInt32 = 1
  /// What `linkState` is when packets can flow (`IF_OPER_UP`).
  static let operational: UInt8 = 6

  static let address: UInt16 = 1
  static let addressLocal: UInt16 = 2
  static let addressFlags: UInt16 = 8
  static let noDuplicateDetection: UInt32 = 0x02

  static let routeDestination: UInt16 = 1
  static let routeOutput: UInt16 = 4
  static let routeGateway: UInt16 = 5
  static let mainTable: UInt8 = 254
  static let staticProtocol: UInt8 = 4
  static let linkScope: UInt8 = 253
  static let unicast: UInt8 = 1
  static let onLink: UInt32 = 4

  static let neighbourAddress: UInt16 = 1
  static let neighbourHardware: UInt16 = 2
  static let permanent: UInt16 = 0x80
}
