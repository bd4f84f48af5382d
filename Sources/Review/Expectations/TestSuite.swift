package import Kubernetes
internal import PolicyEngine
internal import PolicyModel

/// Expectations of one document.
package struct TestSuite: Sendable {
  package let name: String
  package let location: SourceLocation
  package let cases: [TestCase]
}

/// Expectations that pass or fail together.
package struct TestCase: Sendable {
  package let name: String
  package let location: SourceLocation
  let expectations: [Expectation]
  /// A part of the reason that each verdict must have; nil for any reason.
  let because: String?
}

/// What must hold.
struct Expectation: Sendable {
  enum Kind: Sendable {
    /// Every pair of these ends.
    case allow
    case deny
    /// These sources, and nobody else, reach the destination.
    case onlyFrom
    /// This source reaches these destinations, and nothing else.
    case onlyTo
  }

  let kind: Kind
  let sources: [EndExpression]
  let destinations: [EndExpression]
  /// Empty for every port.
  let ports: [PortExpression]
  /// As it was written.
  let text: String
  let location: SourceLocation
}

/// Ports of an expectation.
enum PortExpression: Sendable {
  case all
  case range(TransportProtocol, ClosedRange<UInt16>)
  /// A protocol without ports.
  case other(FlowTraffic)

  /// `tcp/80`, `tcp/8000-8999`, `icmp/8`, `all`.
  init?(_ text: String, at location: SourceLocation, _ problems: inout [Diagnostic]) {
    if text == "all" {
      self = .all
      return
    }
    let halves = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    do throws(FlowLineError) {
      let first = try FlowParser.traffic(halves[0])
      guard case .port(let transport, let low) = first else {
        if halves.count == 1 {
          self = .other(first)
          return
        }
        throw FlowLineError("`\(text)` is no range of ports")
      }
      let high = halves.count == 2 ? UInt16(halves[1]) : low
      guard halves.count <= 2, let high, high >= low else {
        throw FlowLineError("`\(text)` is no range of ports", fix: "write tcp/8000-8999")
      }
      self = .range(transport, low...high)
    } catch {
      problems.append(Diagnostic(.invalidValue, .error, error.message, at: location, fix: error.fix))
      return nil
    }
  }
}
