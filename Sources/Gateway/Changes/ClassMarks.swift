/// The marks of a gateway's classes of senders: no two have the same, and none has 0, which packets of all others have.
///
/// A mark is made of the class's hash, so that it is the same in every run. Where the marks of two classes meet, which
/// happens in one of 4,000 gateways with 1,500 classes, the later one gets the next that is free.
package struct ClassMarks: Sendable {
  private var taken: Set<UInt32> = [0]

  package init() {}

  /// A mark for the class of a hash, that was not given before. Both halves of the hash are in it: the lower one alone
  /// depends little on what was hashed first.
  package mutating func take(_ hash: UInt64) -> UInt32 {
    var mark = UInt32(truncatingIfNeeded: hash ^ hash >> 32)
    while !taken.insert(mark).inserted { mark &+= 1 }
    return mark
  }
}
