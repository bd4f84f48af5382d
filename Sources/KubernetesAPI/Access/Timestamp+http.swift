package import Kubernetes

extension Timestamp {
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// Reads the value of a Date header, `Thu, 26 Nov 2026 18:05:18 GMT` (RFC 9110, IMF-fixdate); nil for anything else.
  package init?(httpDate text: String) {
    let parts = text.split(separator: " ")
    guard parts.count == 6, parts[5] == "GMT", let month = Self.months.firstIndex(where: { $0 == parts[2] })
    else {
      return nil
    }
    let number = String(month + 1)
    self.init("\(parts[3])-\(number.count == 1 ? "0" : "")\(number)-\(parts[1])T\(parts[4])Z")
  }
}
