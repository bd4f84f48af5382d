// Numbers of linux/netfilter/nf_tables.h.

/// Types of messages, with nftables' own upper byte.
enum NftablesMessage {
  static let newTable = NetfilterSubsystem.nftables | 0
  static let getTable = NetfilterSubsystem.nftables | 1
  static let deleteTable = NetfilterSubsystem.nftables | 2
  static let newChain = NetfilterSubsystem.nftables | 3
  static let getChain = NetfilterSubsystem.nftables | 4
  static let deleteChain = NetfilterSubsystem.nftables | 5
  static let newRule = NetfilterSubsystem.nftables | 6
  static let getRule = NetfilterSubsystem.nftables | 7
  static let deleteRule = NetfilterSubsystem.nftables | 8
  static let newSet = NetfilterSubsystem.nftables | 9
  static let getSet = NetfilterSubsystem.nftables | 10
  static let deleteSet = NetfilterSubsystem.nftables | 11
  static let newElements = NetfilterSubsystem.nftables | 12
  static let getElements = NetfilterSubsystem.nftables | 13
  static let deleteElements = NetfilterSubsystem.nftables | 14
  static let getGeneration = NetfilterSubsystem.nftables | 16
  static let newObject = NetfilterSubsystem.nftables | 18
  static let getObject = NetfilterSubsystem.nftables | 19
  static let deleteObject = NetfilterSubsystem.nftables | 20
  static let getAndResetObject = NetfilterSubsystem.nftables | 21
  /// Since Linux 6.3.
  static let destroyElements = NetfilterSubsystem.nftables | 30
}

/// Types of attributes, each named after what has it.
enum NftablesAttribute {
  static let listElement: UInt16 = 1
  static let tableName: UInt16 = 1
  static let tableFlags: UInt16 = 2
  /// Of a table's flags: none of its chains is called (`NFT_TABLE_F_DORMANT`).
  static let dormantFlag: UInt32 = 0x1
  /// The number of the socket that owns the table.
  static let tableOwner: UInt16 = 7

  static let chainTable: UInt16 = 1
  static let chainName: UInt16 = 3
  static let chainHook: UInt16 = 4
  static let hookNumber: UInt16 = 1
  static let hookPriority: UInt16 = 2
  static let chainPolicy: UInt16 = 5
  static let chainType: UInt16 = 7

  static let ruleTable: UInt16 = 1
  static let ruleChain: UInt16 = 2
  static let ruleExpressions: UInt16 = 4
  static let ruleUserData: UInt16 = 7
  static let expressionName: UInt16 = 1
  static let expressionData: UInt16 = 2

  static let setTable: UInt16 = 1
  static let setName: UInt16 = 2
  static let setFlags: UInt16 = 3
  static let setKeyType: UInt16 = 4
  static let setKeyLength: UInt16 = 5
  static let setDataType: UInt16 = 6
  static let setDataLength: UInt16 = 7
  static let setDescription: UInt16 = 9
  /// What the transaction calls the set.
  static let setNumber: UInt16 = 10
  static let setTimeout: UInt16 = 11
  static let setUserData: UInt16 = 13
  static let descriptionSize: UInt16 = 1
  static let descriptionFields: UInt16 = 2
  static let fieldLength: UInt16 = 1
  /// `NFT_DATA_VERDICT`
  static let verdictType: UInt32 = 0xFFFF_FF00
  /// The type `mark` of nft.
  static let markType: UInt32 = 19
  /// Of a set's flags: its keys have values (`NFT_SET_MAP`).
  static let mapFlag: UInt32 = 0x8

  static let elementsTable: UInt16 = 1
  static let elementsSet: UInt16 = 2
  static let elements: UInt16 = 3
  static let elementsSetNumber: UInt16 = 4

  static let elementKey: UInt16 = 1
  static let elementData: UInt16 = 2
  static let elementFlags: UInt16 = 3
  static let elementTimeout: UInt16 = 4
  static let elementExpiration: UInt16 = 5
  static let elementKeyEnd: UInt16 = 10

  static let dataValue: UInt16 = 1
  static let dataVerdict: UInt16 = 2
  static let verdictCode: UInt16 = 1
  static let verdictChain: UInt16 = 2

  static let objectTable: UInt16 = 1
  static let objectName: UInt16 = 2
  static let objectType: UInt16 = 3
  static let objectData: UInt16 = 4
  static let counterBytes: UInt16 = 1
  static let counterPackets: UInt16 = 2

  static let generationID: UInt16 = 1
}

/// Families that netfilter's messages are about.
enum NetfilterFamily {
  static let unspecified: UInt8 = 0
  /// Tables for both families of IP.
  static let inet: UInt8 = 1
}

extension MessageWriter {
  /// The header that messages of netfilter have after netlink's own.
  mutating func netfilterHeader(_ family: UInt8, resource: UInt16 = 0) {
    field(family)
    field(UInt8(0))
    field(resource.bigEndian)
  }
}
