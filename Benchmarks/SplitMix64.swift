/// A small random number generator whose numbers are the same on every machine and in every release.
///
/// The standard library may change how it turns random bits into an `Int` in a range, so the few
/// draws that the generator of clusters needs are made here.
struct SplitMix64: Sendable {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  /// An independent sequence for one object, so that adding objects does not change the others.
  init(seed: UInt64, stream: Stream, index: Int) {
    state = seed &+ (UInt64(stream.rawValue) &* 0xD1B5_4A32_D192_ED03)
    state = next() ^ (UInt64(truncatingIfNeeded: index) &* 0x9E37_79B9_7F4A_7C15)
    state = next()
  }

  /// What a sequence is used for.
  enum Stream: Int {
    case namespace = 1
    case application, workload, manifest, identity, replicas, pod, allotment, policy, flow, dialect, networks
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number from 0 to `bound - 1`; 0 if the bound is not positive.
  mutating func below(_ bound: Int) -> Int {
    guard bound > 0 else { return 0 }
    return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
  }

  mutating func chance(percent: Int) -> Bool {
    below(100) < percent
  }

  /// One of the choices, which must not be empty.
  mutating func pick<Choice>(_ choices: [Choice]) -> Choice {
    choices[below(choices.count)]
  }

  /// Up to `count` different choices in their original order.
  mutating func pick<Choice>(_ count: Int, of choices: [Choice]) -> [Choice] {
    var needed = min(count, choices.count)
    var picked: [Choice] = []
    for (index, choice) in choices.enumerated() where below(choices.count - index) < needed {
      picked.append(choice)
      needed -= 1
    }
    return picked
  }

  /// Lower-case text of the letters and digits that Kubernetes uses in generated names.
  mutating func suffix(_ length: Int) -> String {
    let alphabet = Array("bcdfghjklmnpqrstvwxz2456789".utf8)
    return String(decoding: (0..<length).map { _ in alphabet[below(alphabet.count)] }, as: UTF8.self)
  }

  /// A version 4 UUID.
  mutating func uid() -> String {
    let digits = Array("0123456789abcdef".utf8)
    var high = (next() & ~0xF000) | 0x4000
    var low = (next() & ~(0x3 << 62)) | (0x2 << 62)
    var text: [UInt8] = []
    text.reserveCapacity(36)
    for position in 0..<32 {
      if position == 8 || position == 12 || position == 16 || position == 20 {
        text.append(UInt8(ascii: "-"))
      }
      if position < 16 {
        text.append(digits[Int(high >> 60)])
        high <<= 4
      } else {
        text.append(digits[Int(low >> 60)])
        low <<= 4
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
