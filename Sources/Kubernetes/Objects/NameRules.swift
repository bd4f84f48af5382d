/// The syntax of names and labels (apimachinery `util/validation`). Each answers what is wrong, or nil.
package enum NameRules {
  /// DNS-1123 subdomain: at most 253 characters, labels of `[a-z0-9]([-a-z0-9]*[a-z0-9])?` joined by dots.
  package static func subdomainProblem(_ name: String) -> String? {
    subdomainProblem(name.utf8)
  }

  private static func subdomainProblem(_ name: some Collection<UInt8>) -> String? {
    if name.isEmpty { return "must not be empty" }
    if name.count > 253 { return "must have at most 253 characters" }
    return isSubdomain(name)
      ? nil
      : "must consist of lower-case letters, digits, `-` and `.`, and start and end with a letter or digit"
  }

  private static func isSubdomain(_ bytes: some Collection<UInt8>) -> Bool {
    // A dot before the first byte, as it were: each label must start and end with a letter or digit.
    var previous = UInt8(ascii: ".")
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "."): if !isLowerAlphanumeric(previous) { return false }
      case UInt8(ascii: "-"): if previous == UInt8(ascii: ".") { return false }
      default: if !isLowerAlphanumeric(byte) { return false }
      }
      previous = byte
    }
    return isLowerAlphanumeric(previous)
  }

  /// DNS-1123 label: a subdomain without dots of at most 63 characters.
  package static func labelNameProblem(_ name: String) -> String? {
    if name.utf8.count > 63 { return "must have at most 63 characters" }
    if name.utf8.contains(UInt8(ascii: ".")) { return "must not contain a dot" }
    return subdomainProblem(name)
  }

  /// A domain name of at least two labels of `[A-Za-z0-9_]([-A-Za-z0-9_]*[A-Za-z0-9_])?`, the last with a letter,
  /// at most 253 characters, perhaps with a final dot.
  package static func domainNameProblem(_ name: String) -> String? {
    let text = name.hasSuffix(".") ? name.dropLast() : name[...]
    if text.utf8.count > 253 { return "must have at most 253 characters" }
    let labels = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    if labels.count < 2 { return "must have a dot" }
    for label in labels {
      if label.isEmpty || label.count > 63 { return "must consist of labels of 1 to 63 characters" }
      let isValid =
        label.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
        && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
      if !isValid {
        return "must consist of letters, digits, `-` and `_`, and no label may start or end with `-`"
      }
    }
    let isNumber = labels.last?.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") } ?? true
    return isNumber ? "must end in a label with a letter" : nil
  }

  /// A label key: `[prefix/]name`, the prefix a DNS-1123 subdomain, the name as a label value but not empty.
  package static func labelKeyProblem(_ key: String) -> String? {
    if key.isEmpty { return "must not be empty" }
    let slash = UInt8(ascii: "/")
    guard let first = key.utf8.firstIndex(of: slash) else { return labelValueProblem(key.utf8) }
    let name = key.utf8[key.utf8.index(after: first)...]
    if name.contains(slash) { return "may contain only one `/`" }
    if let problem = subdomainProblem(key.utf8[..<first]) { return "the prefix \(problem)" }
    return name.isEmpty ? "needs a name after the `/`" : labelValueProblem(name)
  }

  /// A label value: empty, or at most 63 of `[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?`.
  package static func labelValueProblem(_ value: String) -> String? {
    labelValueProblem(value.utf8)
  }

  private static func labelValueProblem(_ value: some Collection<UInt8>) -> String? {
    if value.count > 63 { return "must have at most 63 characters" }
    return isLabelValue(value)
      ? nil : "must consist of letters, digits, `-`, `_` and `.`, and start and end with a letter or digit"
  }

  private static func isLabelValue(_ bytes: some Collection<UInt8>) -> Bool {
    guard let first = bytes.first else { return true }
    var last = first
    for byte in bytes {
      guard isInLabelValues(byte) else { return false }
      last = byte
    }
    return isAlphanumeric(first) && isAlphanumeric(last)
  }

  /// Whether a character can stand in a label value: `[-A-Za-z0-9_.]`.
  package static func isInLabelValues(_ byte: UInt8) -> Bool {
    isAlphanumeric(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
      || byte == UInt8(ascii: ".")
  }

  /// A port name (IANA_SVC_NAME, RFC 6335 §5.1): 1 to 15 of `[a-z0-9-]`, at least one letter, no `--`,
  /// no `-` at an end.
  package static func portNameProblem(_ name: String) -> String? {
    if name.isEmpty || name.utf8.count > 15 { return "must have 1 to 15 characters" }
    if !name.utf8.allSatisfy({ isLowerAlphanumeric($0) || $0 == UInt8(ascii: "-") }) {
      return "must consist of lower-case letters, digits and `-`"
    }
    if !name.utf8.contains(where: { $0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z") }) {
      return "must contain at least one letter"
    }
    if name.hasPart("--") { return "must not contain `--`" }
    if name.hasPrefix("-") || name.hasSuffix("-") { return "must not start or end with `-`" }
    return nil
  }

  private static func isLowerAlphanumeric(_ byte: UInt8) -> Bool {
    (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z"))
      || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    isLowerAlphanumeric(byte) || (byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z"))
  }
}
