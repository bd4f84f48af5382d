/// Cuts JSON that comes in pieces into the objects of interest, so that nothing longer than one of them is held.
///
/// It only finds where objects end; whether they are JSON says the parser that gets them. O(bytes).
struct JSONSplitter {
  /// Which objects are cut out.
  enum Cut {
    /// Every object of a sequence of objects: the events of a watch.
    case sequence
    /// The elements of `items` of one object: a list.
    case items
  }

  enum Problem: Error, Equatable {
    /// Neither an object nor a space stands where an object begins.
    case noObject
    /// An object is larger than the API server can store.
    case tooLarge
  }

  private let cut: Cut
  private var depth = 0
  private var isInString = false
  private var isEscaped = false
  /// What has come of the object that is being cut out; nil between objects.
  private var object: [UInt8]?
  /// All that is no element of `items`.
  private(set) var envelope: [UInt8] = []
  /// Where the last string of the envelope began.
  private var stringStart = 0
  /// Whether the last string of the envelope is the key `items`.
  private var isItemsKey = false
  private var isInItems = false

  /// Objects of etcd are smaller than 1.5 MiB; as JSON they grow.
  private static let objectLimit = 8 << 20
  private static let envelopeLimit = 1 << 20
  private static let itemsKey = Array("items".utf8)

  init(_ cut: Cut) { self.cut = cut }

  /// Whether the text may end here.
  var isComplete: Bool { depth == 0 && object == nil && !isInString }

  /// Takes the next piece, and calls `body` for every object that ends in it.
  mutating func append(_ piece: [UInt8], _ body: ([UInt8]) throws -> Void) throws {
    try piece.withUnsafeBufferPointer { bytes in
      var index = 0
      while index < bytes.count {
        if object == nil, try startsObject(bytes[index]) { object = [] }
        index =
          object == nil
          ? try skip(bytes[index], at: index) : try take(bytes, from: index, body)
      }
    }
  }

  private func startsObject(_ byte: UInt8) throws(Problem) -> Bool {
    switch cut {
    case .sequence:
      if byte == UInt8(ascii: "{") { return true }
      if byte.isJSONSpace { return false }
      throw .noObject
    case .items: return isInItems && depth == 2 && !isInString && byte == UInt8(ascii: "{")
    }
  }

  /// Goes on in the object; returns where it is left.
  private mutating func take(
    _ bytes: UnsafeBufferPointer<UInt8>, from start: Int, _ body: ([UInt8]) throws -> Void
  ) throws -> Int {
    let outside = cut == .items ? 2 : 0
    var index = start
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if isInString {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isInString = true
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        if depth > outside { continue }
        var whole = object ?? []
        object = nil
        whole += bytes[start..<index]
        try body(whole)
        return index
      default: break
      }
    }
    object?.append(contentsOf: bytes[start..<index])
    if object?.count ?? 0 > Self.objectLimit { throw Problem.tooLarge }
    return index
  }

  /// A byte of the envelope, or between objects.
  private mutating func skip(_ byte: UInt8, at index: Int) throws(Problem) -> Int {
    if cut == .sequence { return index + 1 }
    // Commas between elements that are gone.
    if isInItems, depth == 2, !isInString, byte == UInt8(ascii: ",") || byte.isJSONSpace { return index + 1 }
    envelope.append(byte)
    if envelope.count > Self.envelopeLimit { throw .tooLarge }
    if isInString {
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        isInString = false
        isItemsKey = depth == 1 && envelope[stringStart..<(envelope.count - 1)].elementsEqual(Self.itemsKey)
      }
      return index + 1
    }
    switch byte {
    case UInt8(ascii: "\""):
      isInString = true
      stringStart = envelope.count
    case UInt8(ascii: "["), UInt8(ascii: "{"):
      depth += 1
      if byte == UInt8(ascii: "["), depth == 2, isItemsKey { isInItems = true }
      isItemsKey = false
    case UInt8(ascii: "]"), UInt8(ascii: "}"):
      depth -= 1
      isInItems = false
    case UInt8(ascii: ","): isItemsKey = false
    default: break
    }
    return index + 1
  }
}

extension UInt8 {
  fileprivate var isJSONSpace: Bool {
    self == UInt8(ascii: " ") || self == UInt8(ascii: "\n") || self == UInt8(ascii: "\r")
      || self == UInt8(ascii: "\t")
  }
}
