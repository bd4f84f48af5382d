import Synchronization

extension FakeCluster {
  var refusesConnections: Bool { state.withLock { $0.refusesConnections } }

  func answer(_ request: FakeRequest) -> FakeAnswer {
    state.withLock { state in
      state.requests.append(request)
      if let index = state.faults.firstIndex(where: { $0.path == nil || $0.path == request.path }) {
        return state.faults.remove(at: index).answer
      }
      if !state.tokens.isEmpty,
        !state.tokens.contains(where: { request.header("authorization") == "Bearer \($0)" })
      {
        return .status(401, "Unauthorized", "Unauthorized")
      }
      if state.forbidden.contains(request.path) {
        let name = request.path.split(separator: "/").last ?? ""
        return .status(
          403, "Forbidden",
          #"\#(name) is forbidden: User \"system:serviceaccount:ops:merlon\" cannot list resource \"\#(name)\""#
        )
      }
      if request.path == Self.accessReviews { return review(request, state) }
      if request.path == "/version" { return .json(#"{"major":"1","minor":"36"}"#) }
      if let resource = state.store.resources.first(where: { $0.path == request.path }) {
        return request.parameter("watch") == "true"
          ? watch(resource, request, state.store) : list(resource, request, &state.store)
      }
      let resources = state.store.resources
      if request.path == "/apis" { return groups(resources) }
      if let version = Set(resources.map(\.version)).first(where: { Self.path(of: $0) == request.path }) {
        return discovery(version, resources.filter { $0.version == version })
      }
      return .status(404, "NotFound", "the server could not find the requested resource")
    }
  }

  private static let accessReviews = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"

  /// Whether whoever asks may do what the review names: all that is not forbidden.
  private func review(_ request: FakeRequest, _ state: State) -> FakeAnswer {
    guard request.method == "POST" else { return .status(405, "MethodNotAllowed", "only create") }
    let text = String(decoding: request.body, as: UTF8.self)
    let isForbidden = state.forbidden.contains { path in
      text.contains(#""resource":"\#(path.split(separator: "/").last ?? "")""#)
    }
    return .json(
      #"{"kind":"SelfSubjectAccessReview","apiVersion":"authorization.k8s.io/v1","status":{"allowed":\#(!isForbidden)}}"#,
      status: 201)
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

  private func list(_ resource: Resource, _ request: FakeRequest, _ store: inout FakeStore) -> FakeAnswer {
    let limit = min(request.parameter("limit").flatMap { Int($0) } ?? .max, behaviour.pageLimit)
    guard let page = store.page(resource, limit: limit, token: request.parameter("continue")) else {
      // With a token that goes on at another moment.
      return .status(
        410, "Expired", "The provided continue parameter is too old",
        metadata: #"{"continue":"\#(store.version).0"}"#)
    }
    let next = page.next.map { #","continue":"\#($0)""# } ?? ""
    return .json(
      #"{"kind":"\#(resource.kind)List","apiVersion":"\#(resource.version)","metadata":{"resourceVersion":"\#(page.version)"\#(next)},"items":[\#(page.items.joined(separator: ","))]}"#
    )
  }
}
