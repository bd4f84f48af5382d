import Synchronization

/// A request as the server got it.
package struct FakeRequest: Sendable {
  package let method: String
  /// Path and query as they stood in the request line.
  package let target: String
  package let headers: [(name: String, value: String)]
  package let body: [UInt8]
  package let hasClientCertificate: Bool

  package var path: String { String(target.prefix { $0 != "?" }) }

  package func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name }?.value
  }

  /// A parameter of the query, with `%XX` and `+` decoded.
  package func parameter(_ name: String) -> String? {
    guard let start = target.firstIndex(of: "?") else { return nil }
    for pair in target[target.index(after: start)...].split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts[0] == name { return parts.count == 2 ? Self.decoded(parts[1]) : "" }
    }
    return nil
  }

  private static func decoded(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let value = UInt8(String(rest.prefix(2)) ?? "", radix: 16)
      {
        bytes.append(value)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// What the server does with a request.
package enum FakeAnswer: Sendable {
  /// - isComplete: false ends the connection in the middle of the body.
  case response(
    status: Int, headers: [(name: String, value: String)], chunks: [[UInt8]], isComplete: Bool = true)
  /// Nothing at all comes back, and the connection stays.
  case silence
  case close

  package static func json(_ text: String, status: Int = 200, headers: [(String, String)] = []) -> FakeAnswer
  {
    .response(
      status: status, headers: [("content-type", "application/json")] + headers.map { ($0.0, $0.1) },
      chunks: [Array(text.utf8)])
  }

  /// A `v1 Status`, as the API server's errors are.
  package static func status(
    _ code: Int, _ reason: String, _ message: String, metadata: String = "{}",
    headers: [(String, String)] = []
  ) -> FakeAnswer {
    json(
      #"{"kind":"Status","apiVersion":"v1","metadata":\#(metadata),"status":"Failure","message":"\#(message)","reason":"\#(reason)","code":\#(code)}"#,
      status: code, headers: headers)
  }
}

/// The objects of a pretended cluster, who may read them, and what goes wrong.
package final class FakeCluster: Sendable {
  /// A kind that it serves.
  package struct Resource: Sendable, Hashable {
    /// `v1`, `apps/v1`
    package let version: String
    /// `pods`
    package let name: String
    package let kind: String
    package let isNamespaced: Bool

    package init(_ version: String, _ name: String, _ kind: String, isNamespaced: Bool = true) {
      self.version = version
      self.name = name
      self.kind = kind
      self.isNamespaced = isNamespaced
    }

    /// `/api/v1/pods`
    package var path: String { (version.contains("/") ? "/apis/" : "/api/") + version + "/" + name }
  }

  private struct State {
    /// JSON of the items of each resource.
    var items: [Resource: [String]] = [:]
    var requests: [FakeRequest] = []
    /// Asked before anything else, in the order of insertion; each answers one request that it is about.
    var faults: [(path: String, answer: FakeAnswer)] = []
    var forbidden: Set<String> = []
  }

  private let state: Mutex<State>
  /// The only bearer token that it takes; nil for whoever comes.
  package let token: String?
  /// Pages are cut after so many items even when a client asks for more.
  private let pageLimit: Int

  package init(_ items: [Resource: [String]] = [:], token: String? = nil, pageLimit: Int = .max) {
    // What every server has.
    let usual: [Resource: [String]] = [.namespaces: [], .pods: [], .networkPolicies: []]
    state = Mutex(State(items: items.merging(usual) { own, _ in own }))
    self.token = token
    self.pageLimit = pageLimit
  }

  /// What was asked, in the order of arrival.
  package var requests: [FakeRequest] { state.withLock { $0.requests } }

  /// Answers the next request for a path in another way.
  package func fail(_ path: String, _ answer: FakeAnswer) {
    state.withLock { $0.faults.append((path, answer)) }
  }

  /// Lets nobody list a path.
  package func forbid(_ path: String) { state.withLock { _ = $0.forbidden.insert(path) } }

  func answer(_ request: FakeRequest) -> FakeAnswer {
    let (fault, isForbidden, items) = state.withLock { state in
      state.requests.append(request)
      let index = state.faults.firstIndex { $0.path == request.path }
      let fault = index.map { state.faults.remove(at: $0).answer }
      return (fault, state.forbidden.contains(request.path), state.items)
    }
    if let fault { return fault }
    if let token, request.header("authorization") != "Bearer \(token)" {
      return .status(401, "Unauthorized", "Unauthorized")
    }
    if isForbidden {
      let name = request.path.split(separator: "/").last ?? ""
      return .status(
        403, "Forbidden",
        #"\#(name) is forbidden: User \"system:serviceaccount:ops:merlon\" cannot list resource \"\#(name)\""#
      )
    }
    if let resource = items.keys.first(where: { $0.path == request.path }) {
      return list(resource, items[resource] ?? [], request)
    }
    if request.path == "/apis" { return groups(items.keys) }
    let versions = Set(items.keys.map(\.version))
    if let version = versions.first(where: { Self.path(of: $0) == request.path }) {
      return discovery(version, items.keys.filter { $0.version == version })
    }
    return .status(404, "NotFound", "the server could not find the requested resource")
  }

  private static func path(of version: String) -> String {
    (version.contains("/") ? "/apis/" : "/api/") + version
  }

  private func groups(_ resources: some Sequence<Resource>) -> FakeAnswer {
    let versions = Set(resources.map(\.version).filter { $0.contains("/") })
    let groups = Dictionary(grouping: versions) { $0.prefix { $0 != "/" } }.sorted { $0.key < $1.key }.map {
      name, versions in
      let all = versions.sorted().map { #"{"groupVersion":"\#($0)","version":"v"}"# }
      return
        #"{"name":"\#(name)","versions":[\#(all.joined(separator: ","))],"preferredVersion":{"groupVersion":"\#(versions.sorted()[0])"}}"#
    }
    return .json(#"{"kind":"APIGroupList","apiVersion":"v1","groups":[\#(groups.joined(separator: ","))]}"#)
  }

  private func discovery(_ version: String, _ resources: [Resource]) -> FakeAnswer {
    let list = resources.sorted { $0.name < $1.name }.map {
      #"{"name":"\#($0.name)","singularName":"","namespaced":\#($0.isNamespaced),"kind":"\#($0.kind)","verbs":["get","list","watch"]}"#
    }
    return .json(
      #"{"kind":"APIResourceList","apiVersion":"v1","groupVersion":"\#(version)","resources":[\#(list.joined(separator: ","))]}"#
    )
  }

  /// A page; the token to continue with is the number of the next item.
  private func list(_ resource: Resource, _ items: [String], _ request: FakeRequest) -> FakeAnswer {
    let first = request.parameter("continue").flatMap { Int($0) } ?? 0
    let limit = min(request.parameter("limit").flatMap { Int($0) } ?? .max, pageLimit)
    let page = items.dropFirst(first).prefix(limit)
    let next = page.endIndex < items.count ? #","continue":"\#(page.endIndex)""# : ""
    return .json(
      #"{"kind":"\#(resource.kind)List","apiVersion":"\#(resource.version)","metadata":{"resourceVersion":"77"\#(next)},"items":[\#(page.joined(separator: ","))]}"#
    )
  }
}
