/// The names of NetworkPolicies.
enum PolicyName {
  /// Of a DNS subdomain (RFC 1123), which names of objects are.
  static let longest = 253

  /// A name as it is, or cut and ended with a number that depends on all of it.
  static func fitting(_ name: String) -> String {
    if name.utf8.count <= longest { return name }
    // FNV-1a, which is the same in every run.
    let hash = name.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 }
    let digits = String(hash, radix: 16)
    let suffix = "-" + String(repeating: "0", count: 8 - digits.count) + digits
    var kept = name.prefix(longest - suffix.utf8.count)
    // A part of a subdomain ends with a letter or digit.
    while let last = kept.last, last == "." || last == "-" { kept.removeLast() }
    return kept + suffix
  }
}
