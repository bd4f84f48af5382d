internal import Kubernetes
internal import Netlink
internal import Nftables

/// A rule as the kernel's machine takes it: what nft makes of the rule's text.
///
/// Sets and maps with names must have no ranges of marks: what is looked up there is in the order of the machine.
///
/// The registers are free at the beginning of each statement, so each loads what it needs from the first on.
struct RuleEncoding {
  private(set) var instructions: [Instruction] = []
  /// What the rule has made sure of, so that it is not compared again.
  private var family: AddressFamily?
  private var transport: UInt8?

  /// - Parameter transaction: gets the sets that only this rule has.
  init(_ rule: Rule, _ transaction: inout TableTransaction) {
    for statement in rule.statements { append(statement, &transaction) }
  }

  private mutating func append(_ statement: Statement, _ transaction: inout TableTransaction) {
    let first = Instruction.Register(0)
    switch statement {
    case .match(let match): append(match, &transaction)
    case .verdict(let verdict): instructions.append(.verdict(MapVerdict(verdict)))
    case .verdictMap(let fields, let map):
      load(fields)
      instructions.append(.map(first, by: .named(map.text), into: .verdict))
    case .verdicts(let fields, let elements):
      let storage = KeyStorage(
        fields.map(\.type), hasIntervals: !elements.allSatisfy { $0.key.allSatisfy(\.isOne) })
      let map = NamedCollection.verdicts(VerdictMap(Self.unnamedMap, storage, elements))
      load(fields, isOrdered: storage.hasIntervals)
      let own = add(map, &transaction)
      instructions.append(.map(first, by: own, into: .verdict))
    case .reject(let rejection): append(rejection)
    case .count: instructions.append(.count)
    case .countIn(let name): instructions.append(.countIn(name.text))
    case .log(let log):
      instructions.append(
        .log(prefix: log.prefix?.text, group: log.group, length: log.length.map(UInt32.init)))
    case .markConnection(let mark):
      instructions += [.loadNumber(mark, into: first), .setConnectionMark(from: first)]
    case .markPacket(let mark): instructions += [.loadNumber(mark, into: first), .setMark(from: first)]
    case .markPacketBy(let fields, let map):
      load(fields)
      instructions += [.map(first, by: .named(map.text), into: first), .setMark(from: first)]
    case .update(let set, let fields, let timeout):
      load(fields)
      instructions.append(.update(.named(set.text), first, timeout: timeout))
    }
  }

  private mutating func append(_ rejection: Rejection) {
    switch rejection {
    case .tcpReset:
      require(transport: 6)
      instructions.append(.reject(.tcpReset))
    // enum nft_reject_inet_code
    case .portUnreachable: instructions.append(.reject(.icmp(code: 1)))
    case .administrativelyProhibited: instructions.append(.reject(.icmp(code: 3)))
    }
  }

  // MARK: - Conditions

  private mutating func append(_ match: Match, _ transaction: inout TableTransaction) {
    let first = Instruction.Register(0)
    switch match {
    case .field(let field, let choice, let intervals): append(field, choice, intervals, &transaction)
    case .lookup(let fields, let choice, let set):
      load(fields)
      instructions.append(.lookUp(first, in: .named(set.text), isInverted: choice == .noneOf))
    case .connection(let choice, let states): append(choice, states, &transaction)
    case .direction(let direction):
      instructions += [
        .loadConnection(.direction, direction: nil, into: first),
        .compare(first, .equal, [direction.number]),
      ]
    case .tcpFlags(let mask, let value):
      require(transport: 6)
      instructions += [
        .loadPayload(.transport, offset: 13, length: 1, into: first), .mask(first, [mask.rawValue]),
        .compare(first, .equal, [value.rawValue]),
      ]
    case .rate(let rate):
      let seconds: UInt64 =
        switch rate.period {
        case .second: 1
        case .minute: 60
        case .hour: 3600
        }
      instructions.append(.limit(count: UInt64(rate.count), seconds: seconds, burst: rate.burst))
    }
  }

  private mutating func append(
    _ field: Field, _ choice: Choice, _ intervals: [Interval], _ transaction: inout TableTransaction
  ) {
    let register = Instruction.Register(0)
    guard intervals.count == 1, let interval = intervals.first else {
      let storage = KeyStorage([field.type], hasIntervals: !intervals.allSatisfy(\.isOne))
      let elements = intervals.map { NamedSet.Element([$0]) }
      load([field], isOrdered: storage.hasIntervals)
      let set = add(.set(NamedSet(Self.unnamedSet, storage, elements)), &transaction)
      instructions.append(.lookUp(register, in: set, isInverted: choice == .noneOf))
      return
    }
    let comparison: Instruction.Comparison = choice == .oneOf ? .equal : .notEqual
    switch interval {
    case .one(let value):
      if choice == .oneOf, isEstablished(field, value) { return }
      load([field])
      instructions.append(.compare(register, comparison, SetKey(value).bytes))
      if choice == .oneOf { establish(field, value) }
    case .block(let block):
      let bytes = SetKey(.address(block.first)).bytes
      let length = block.prefixLength
      guard length % 8 == 0, length > 0 else {
        load([field])
        let mask = (0..<bytes.count).map {
          UInt8(truncatingIfNeeded: 0xFF00 >> min(max(length - 8 * $0, 0), 8))
        }
        instructions += [.mask(register, mask), .compare(register, comparison, bytes)]
        return
      }
      load([field], prefix: UInt32(length / 8))
      instructions.append(.compare(register, comparison, Array(bytes.prefix(length / 8))))
    case .range(let low, let high):
      load([field], isOrdered: true)
      let ends = (SetKey(low, isOrdered: true).bytes, SetKey(high, isOrdered: true).bytes)
      switch choice {
      case .oneOf:
        instructions += [.compare(register, .atLeast, ends.0), .compare(register, .atMost, ends.1)]
      case .noneOf: instructions.append(.outside(register, ends.0, ends.1))
      }
    }
  }

  private mutating func append(
    _ choice: Choice, _ states: [ConnectionState], _ transaction: inout TableTransaction
  ) {
    let register = Instruction.Register(0)
    instructions.append(.loadConnection(.state, direction: nil, into: register))
    let bits = ConnectionState.allCases.filter(states.contains).map { SetKey.mark($0.bit) }
    switch choice {
    case .oneOf:
      let mask = SetKey.mark(Set(states).map(\.bit).reduce(0, |)).bytes
      instructions += [.mask(register, mask), .compare(register, .notEqual, SetKey.mark(0).bytes)]
    // Exactly one bit is set.
    case .noneOf where bits.count == 1:
      instructions.append(.compare(register, .notEqual, bits[0].bytes))
    case .noneOf:
      let state = SetKind([SetKind.Part(type: 26, length: 4, isOfMachine: true)])
      let set = transaction.addOwnSet(state) { _ in bits.count }
      for bit in bits { transaction.add(bit, .first, to: set) }
      instructions.append(.lookUp(register, in: set, isInverted: true))
    }
  }

  // MARK: - What is known

  private func isEstablished(_ field: Field, _ value: Value) -> Bool {
    switch (field, value) {
    case (.family, .family(let wanted)): family == wanted
    case (.transportProtocol, .protocolNumber(let wanted)): transport == wanted
    default: false
    }
  }

  private mutating func establish(_ field: Field, _ value: Value) {
    switch (field, value) {
    case (.family, .family(let found)): family = found
    case (.transportProtocol, .protocolNumber(let found)): transport = found
    default: break
    }
  }

  private mutating func require(family wanted: AddressFamily) {
    if family == wanted { return }
    family = wanted
    let register = Instruction.Register(0)
    instructions += [
      .loadMeta(.family, into: register),
      .compare(register, .equal, SetKey(.family(wanted)).bytes),
    ]
  }

  private mutating func require(transport wanted: UInt8) {
    if transport == wanted { return }
    transport = wanted
    let register = Instruction.Register(0)
    instructions += [
      .loadMeta(.transportProtocol, into: register), .compare(register, .equal, [wanted]),
    ]
  }

  // MARK: - Loading

  /// Loads fields one after the other, from the first register on.
  ///
  /// - Parameters:
  ///   - isOrdered: whether numbers are to be compared by their bytes.
  ///   - prefix: how many bytes of an address are enough.
  private mutating func load(_ fields: [Field], isOrdered: Bool = false, prefix: UInt32? = nil) {
    for field in fields { requireHeaders(of: field) }
    var index = 0
    for field in fields {
      let register = Instruction.Register(index)
      instructions.append(field.instruction(into: register, prefix: prefix))
      if isOrdered, field.type == .mark { instructions.append(.toNetworkOrder(register)) }
      index += Int(field.type.part.length + 3) / 4
    }
  }

  /// Bytes of a packet mean something only when the packet has the header.
  private mutating func requireHeaders(of field: Field) {
    switch field {
    case .address(let family, _): require(family: family)
    case .icmpType(let family), .icmpCode(let family):
      let number: UInt8 = family == .ipv4 ? 1 : 58
      if transport != number { require(family: family) }
      require(transport: number)
    default: break
    }
  }

  // MARK: - Sets of the rule's own

  private static let unnamedSet: SetName = "unnamed"
  private static let unnamedMap: MapName = "unnamed"

  private func add(_ collection: NamedCollection, _ transaction: inout TableTransaction) -> SetReference {
    let kind = SetKind(collection)
    let elements = KeyedElements(collection)
    let isOfEnds = kind.hasIntervals && kind.parts.count == 1
    let set = transaction.addOwnSet(kind) { set in
      isOfEnds ? RangeEnds(elements, of: collection.storage.types.first, set).count : elements.count
    }
    transaction.add(elements, of: collection.storage, to: set)
    return set
  }
}

extension Sequence {
  fileprivate var count: Int { reduce(0) { count, _ in count + 1 } }
}

extension ConnectionState {
  /// As connection tracking tells them apart, `NF_CT_STATE_BIT`.
  fileprivate var bit: UInt32 {
    switch self {
    case .invalid: 1
    case .established: 2
    case .related: 4
    case .new: 8
    case .untracked: 64
    }
  }
}
