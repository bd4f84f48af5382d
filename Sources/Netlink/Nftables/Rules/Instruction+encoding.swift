extension MessageWriter {
  /// The steps of a rule as a list.
  mutating func instructions(_ instructions: [Instruction]) {
    let list = beginNest(NftablesAttribute.ruleExpressions)
    for instruction in instructions {
      let element = beginNest(NftablesAttribute.listElement)
      attribute(NftablesAttribute.expressionName, instruction.name)
      let data = beginNest(NftablesAttribute.expressionData)
      write(instruction)
      endNest(data)
      endNest(element)
    }
    endNest(list)
  }

  /// What a step consists of. The numbers are the attributes of the kernel's expression, `NFTA_META_DREG` and so on.
  private mutating func write(_ instruction: Instruction) {
    switch instruction {
    case .loadMeta(let part, let register): numbers([1: register.number, 2: part.rawValue])
    case .setMark(let register): numbers([2: Instruction.Meta.mark.rawValue, 3: register.number])
    case .loadConnection(let part, let direction, let register):
      numbers([1: register.number, 2: part.rawValue])
      if let direction { attribute(3, direction) }
    case .setConnectionMark(let register):
      numbers([2: Instruction.ConnectionPart.mark.rawValue, 4: register.number])
    case .loadPayload(let header, let offset, let length, let register):
      numbers([1: register.number, 2: header.rawValue, 3: offset, 4: length])
    case .loadNumber(let number, let register):
      numbers([1: register.number])
      withUnsafeBytes(of: number) { data(2, $0) }
    case .compare(let register, let comparison, let bytes):
      numbers([1: register.number, 2: comparison.rawValue])
      data(3, bytes)
    case .outside(let register, let first, let last):
      numbers([1: register.number, 2: 1])
      data(3, first)
      data(4, last)
    case .mask(let register, let mask):
      numbers([1: register.number, 2: register.number, 3: UInt32(mask.count)])
      data(4, mask)
      data(5, [UInt8](repeating: 0, count: mask.count))
    case .toNetworkOrder(let register):
      numbers([1: register.number, 2: register.number, 3: 1, 4: 4, 5: 4])
    case .lookUp(let register, let set, let isInverted):
      attribute(1, set.name)
      numbers([2: register.number])
      if let number = set.number { numbers([4: number]) }
      if isInverted { numbers([5: 1]) }
    case .map(let register, let map, let target):
      attribute(1, map.name)
      numbers([2: register.number, 3: target.number])
      if let number = map.number { numbers([4: number]) }
    case .verdict(let verdict):
      numbers([1: Instruction.Register.verdict.number])
      let nest = beginNest(2)
      self.verdict(verdict)
      endNest(nest)
    case .limit(let count, let seconds, let burst):
      attribute(1, count.bigEndian)
      attribute(2, seconds.bigEndian)
      numbers([3: burst, 4: 0, 5: 0])
    case .log(let prefix, let group, let length):
      attribute(1, group.bigEndian)
      if let prefix { attribute(2, prefix) }
      if let length { numbers([3: length]) }
    case .count: break
    case .countIn(let name):
      numbers([1: CounterReading.objectType])
      attribute(2, name)
    case .reject(.tcpReset): numbers([1: 1])
    case .reject(.icmp(let code)):
      numbers([1: 2])
      attribute(2, code)
    case .update(let set, let register, let timeout):
      attribute(1, set.name)
      if let number = set.number { numbers([2: number]) }
      numbers([3: 1, 4: register.number])
      if let timeout { attribute(6, timeout.kernelMilliseconds.bigEndian) }
    }
  }

  private mutating func numbers(_ numbers: KeyValuePairs<UInt16, UInt32>) {
    for (type, number) in numbers { attribute(type, number.bigEndian) }
  }

  private mutating func data(_ type: UInt16, _ bytes: [UInt8]) {
    bytes.withUnsafeBytes { data(type, $0) }
  }

  private mutating func data(_ type: UInt16, _ bytes: UnsafeRawBufferPointer) {
    let nest = beginNest(type)
    attribute(NftablesAttribute.dataValue, bytes)
    endNest(nest)
  }
}

extension Instruction {
  /// What the kernel calls the expression.
  fileprivate var name: String {
    switch self {
    case .loadMeta, .setMark: "meta"
    case .loadConnection, .setConnectionMark: "ct"
    case .loadPayload: "payload"
    case .loadNumber, .verdict: "immediate"
    case .compare: "cmp"
    case .outside: "range"
    case .mask: "bitwise"
    case .toNetworkOrder: "byteorder"
    case .lookUp, .map: "lookup"
    case .limit: "limit"
    case .log: "log"
    case .count: "counter"
    case .countIn: "objref"
    case .reject: "reject"
    case .update: "dynset"
    }
  }
}
