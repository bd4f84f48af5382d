// Numbers of the kernel's interface, which never change: linux/netlink.h, linux/netfilter/nfnetlink.h.

/// Flags of messages.
enum MessageFlags {
  static let request: UInt16 = 0x1
  static let acknowledge: UInt16 = 0x4
  /// What is listed changed while it was.
  static let interrupted: UInt16 = 0x10
  static let dump: UInt16 = 0x300
  static let replace: UInt16 = 0x100
  static let exclusive: UInt16 = 0x200
  static let create: UInt16 = 0x400
  static let append: UInt16 = 0x800
  /// An answer whose text and place are given as attributes.
  static let extendedAcknowledgement: UInt16 = 0x200
}

/// Types of messages that every family has.
enum ControlType {
  static let error: UInt16 = 2
  static let done: UInt16 = 3
  static let batchBegin: UInt16 = 0x10
  static let batchEnd: UInt16 = 0x11
}

/// Bits of an attribute's type, and the attributes of an answer.
enum AttributeType {
  static let nested: UInt16 = 0x8000
  static let mask: UInt16 = 0x3FFF
  /// The kernel's words about an error.
  static let errorText: UInt16 = 1
  /// Where in the message the attribute is that the kernel did not take.
  static let errorOffset: UInt16 = 2
  /// The generation that a transaction expects.
  static let batchGeneration: UInt16 = 1
}

/// Parts of netfilter, the upper byte of a message's type.
enum NetfilterSubsystem {
  static let conntrack: UInt16 = 1 << 8
  static let log: UInt16 = 4 << 8
  static let nftables: UInt16 = 10 << 8
}

/// Options of sockets: `SOL_NETLINK` and what linux/netlink.h has for it.
enum NetlinkOption {
  static let level: Int32 = 270
  /// Answers do not repeat what was asked.
  static let shortAcknowledgement: Int32 = 10
  /// Answers have the kernel's words.
  static let extendedAcknowledgement: Int32 = 11
  /// The kernel checks the form of what is asked for a list, and filters by it.
  static let strictCheck: Int32 = 12
}
