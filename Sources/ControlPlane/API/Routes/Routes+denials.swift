internal import HTTPTypes
internal import Hummingbird
internal import Kubernetes
internal import SourceGroups

extension Routes {
  /// The route on which gateways report, which needs a token of the role gateway or admin.
  static let denialsPath = "/api/v1/denials"

  private static let reportLimit = 1 << 20
  private static let mostInReport = 1000

  func addDenials(to api: RouterGroup<APIContext>) {
    api.post("denials") { request, _ in
      let fields = try await request.object(["gateway", "denials"], upTo: Self.reportLimit)
      guard let name = try fields["gateway"]?.text(of: "gateway"), NameRules.subdomainProblem(name) == nil
      else {
        throw RequestError(.invalid, "`gateway` is missing, or no name such as gw-1.example")
      }
      guard let list = fields["denials"], list.content == .sequence else {
        throw RequestError(.invalid, "`denials` is missing, or no list")
      }
      let nodes = list.elements
      guard nodes.count <= Self.mostInReport else {
        throw RequestError(.tooLarge, "a report has at most \(Self.mostInReport) denials")
      }
      let identities = plane.resolver.state.identities
      plane.denials.append(try nodes.map { try ReportedDenial($0, gateway: name).named(identities) })
      return Response.json(.members(("taken", .integer(nodes.count))))
    }
    api.get("denials") { request, _ in
      let page = plane.denials.after(
        try request.count("after", in: 0...Int(Int32.max)) ?? 0,
        limit: try request.count("limit", in: 1...Self.mostInReport) ?? Self.mostInReport)
      return Response.json(
        .members(
          ("missed", .integer(page.missed)), ("items", .list(page.entries.map(\.data)))))
    }
  }
}

extension Request {
  /// A number of the query; nil when it is absent.
  fileprivate func count(_ name: String, in range: ClosedRange<Int>) throws(RequestError) -> Int? {
    guard let text = parameter(name) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw RequestError(
        .malformed, "`\(name)` is no number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }
}

extension DenialLog.Entry {
  fileprivate var data: DataValue {
    .members(
      ("number", .integer(number)), ("gateway", .string(denial.gateway)),
      ("microseconds", .integer(denial.time)),
      ("kind", .string(denial.kind.rawValue)), ("group", denial.group.map { .string($0) }),
      ("rule", .string(denial.rule)), ("source", .string("\(denial.source)")),
      ("sourceNames", .list(denial.sourceNames.map { .string($0) })),
      ("destination", .string("\(denial.destination)")),
      ("destinationNames", .list(denial.destinationNames.map { .string($0) })),
      ("protocol", .integer(Int(denial.transport))),
      ("sourcePort", denial.sourcePort.map { .integer(Int($0)) }),
      ("port", denial.port.map { .integer(Int($0)) }))
  }
}
