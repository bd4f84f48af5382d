package import Kubernetes

extension Report {
  /// SARIF 2.1.0 (OASIS Standard). `results` is always there, also when it is empty; passes are not written.
  package var sarif: DataValue {
    let numbers = Dictionary(rules.enumerated().map { ($1.id, $0) }) { first, _ in first }
    return .members(
      (
        "$schema",
        "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
      ),
      ("version", "2.1.0"),
      (
        "runs",
        .list([
          .members(
            (
              "tool",
              .members(
                (
                  "driver",
                  .members(
                    ("name", .string(command)), ("version", .string(version)),
                    ("rules", .list(rules.map(\.sarif)))
                  )
                ))
            ), ("columnKind", "unicodeCodePoints"),
            (
              "results",
              .list(results.filter { $0.level != .pass }.map { $0.sarif(ruleIndex: numbers[$0.rule]) })
            ))
        ])
      ))
  }
}

extension Report.Rule {
  fileprivate var sarif: DataValue {
    .members(
      ("id", .string(id)), ("name", .string(name)),
      ("shortDescription", .members(("text", .string(summary)))),
      ("help", .members(("text", .string(help)), ("markdown", .string(help)))))
  }
}

extension Report.Result {
  fileprivate func sarif(ruleIndex: Int?) -> DataValue {
    let text = ([message] + details).joined(separator: "\n")
    return .members(
      ("ruleId", .string(rule)), ("ruleIndex", ruleIndex.map { .integer($0) }),
      ("level", .string(level.rawValue)), ("message", .members(("text", .string(text)))),
      ("locations", location.map { .list([.members(("physicalLocation", $0.sarif))]) }),
      (
        "relatedLocations",
        related.isEmpty
          ? nil
          : .list(
            related.enumerated().map { number, place in
              .members(
                ("id", .integer(number)), ("physicalLocation", place.location.sarif),
                ("message", .members(("text", .string(place.message)))))
            })
      ),
      ("partialFingerprints", .members(("merlon/v1", .string("\(rule) \(group) \(name)")))),
      (
        "suppressions",
        suppression.map {
          .list([.members(("kind", "external"), ("justification", .string($0)))])
        }
      ))
  }
}

extension SourceLocation {
  fileprivate var sarif: DataValue {
    .members(
      ("artifactLocation", .members(("uri", .string(URIText(path: file.path).description)))),
      ("region", .members(("startLine", .integer(Int(line))), ("startColumn", .integer(Int(column))))))
  }
}

/// A path as a URI reference (RFC 3986 §4.2).
struct URIText: CustomStringConvertible {
  let description: String

  init(path: String) {
    var text = path.hasPrefix("/") ? "file://" : ""
    for byte in path.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"), UInt8(ascii: "/"):
        text.append(Character(Unicode.Scalar(byte)))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        text += "%" + (digits.count == 1 ? "0" : "") + digits
      }
    }
    description = text
  }
}
