/// The syntax of names and labels (apimachinery `util/validation`). Each answers what is wrong, or nil.
package enum NameRules {
  /// DNS-1123 subdomain: at most 253 characters, labels of `[a-z0-9]([-a-z0-9]*[a-z0-9])?` joined by dots.
  package static func subdomainProblem(_ name: String) -> String? {
    if name.isEmpty { return "must not be empty" }
    if name.utf8.count > 253 { return "must have at most 253 characters" }
    let parts = name.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let isValid = parts.allSatisfy { part in
      guard let first = part.first, let last = part.last else { return false }
      return isLowerAlphanumeric(first) && isLowerAlphanumeric(last)
        && part.allSatisfy { isLowerAlphanumeric($0) || $0 == UInt8(ascii: "-") }
    }
    return isValid ? nil : "must consist of lower-case letters, digits, `-` and `.`, and start and end with a letter or digit"
  }

  /// DNS-1123 label: a subdomain without dots of at most 63 characters.
  package static func labelNameProblem(_ name: String) -> String? {
    if name.utf8.count > 63 { return "must have at most 63 characters" }
    if name.utf8.contains(UInt8(ascii: ".")) { return "must not contain a dot" }
    return subdomainProblem(name)
  }

  /// A label key: `[prefix/]name`, the prefix a DNS-1123 subdomain, the name as a label value but not empty.
  package static func labelKeyProblem(_ key: String) -> String? {
    let parts = key.split(separator: "/", omittingEmptySubsequences: false)
    switch parts.count {
    case 1: return key.isEmpty ? "must not be empty" : labelValueProblem(key)
    case 2:
      if let problem = subdomainProblem(String(parts[0])) { return "the prefix \(problem)" }
      return parts[1].isEmpty ? "needs a name after the `/`" : labelValueProblem(String(parts[1]))
    default: return "may contain only one `/`"
    }
  }

  /// A label value: empty, or at most 63 of `[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?`.
  package static func labelValueProblem(_ value: String) -> String? {
    if value.utf8.count > 63 { return "must have at most 63 characters" }
    guard let first = value.utf8.first, let last = value.utf8.last else { return nil }
    let isValid =
      isAlphanumeric(first) && isAlphanumeric(last)
      && value.utf8.allSatisfy {
        isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".")
      }
    return isValid ? nil : "must consist of letters, digits, `-`, `_` and `.`, and start and end with a letter or digit"
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
    if name.contains("--") { return "must not contain `--`" }
    if name.hasPrefix("-") || name.hasSuffix("-") { return "must not start or end with `-`" }
    return nil
  }

  private static func isLowerAlphanumeric(_ byte: UInt8) -> Bool {
    (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")) || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    isLowerAlphanumeric(byte) || (byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z"))
  }
}
