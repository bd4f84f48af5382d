package import Kubernetes

extension APIClient {
  /// How many objects a page has at most, as `kubectl` asks.
  private static let pageSize = 500

  /// All objects of a resource, of one moment.
  ///
  /// A list whose continuation expires is begun again, and then asked for in one piece, as that cannot expire
  /// (kubernetes/client-go tools/pager).
  ///
  /// - Parameter transform: what is kept of an object; nil to leave it out.
  package func list<Kept: Sendable>(
    _ resource: APIResource, _ transform: (Node) -> Kept?
  ) async throws(APIError) -> [Kept] {
    for _ in 1...2 {
      do throws(APIError) {
        return try await pages(of: resource, transform)
      } catch {
        if !error.isExpired { throw error }
      }
    }
    return try await page(resource, query: [], transform).kept
  }

  private func pages<Kept: Sendable>(
    of resource: APIResource, _ transform: (Node) -> Kept?
  ) async throws(APIError) -> [Kept] {
    var kept: [Kept] = []
    var next: String?
    var known: Set<String> = []
    repeat {
      var query = [(name: "limit", value: String(Self.pageSize))]
      if let next { query.append((name: "continue", value: next)) }
      let page = try await page(resource, query: query, transform)
      kept += page.kept
      if let token = page.next, !known.insert(token).inserted {
        throw .unreadable(
          "the list of \(resource.qualifiedName) goes on where it has been before")
      }
      next = page.next
    } while next != nil
    return kept
  }

  private func page<Kept: Sendable>(
    _ resource: APIResource, query: [(name: String, value: String)], _ transform: (Node) -> Kept?
  ) async throws(APIError) -> (kept: [Kept], next: String?) {
    let root = try await object(APIRequest(resource.path, query: query))
    // `kind` tells a list from an error that came with 200, and from a list of something else.
    guard let items = root["items"], items.isNull || items.content == .sequence,
      root["kind"]?.text.hasSuffix("List") ?? false
    else { throw .unreadable("the answer to \(resource.path) is no list") }
    let next = root["metadata"]?["continue"]?.text ?? ""
    if next.isEmpty, case .integer(1...)? = root["metadata"]?["remainingItemCount"]?.scalar {
      throw .unreadable("the server says that the list of \(resource.qualifiedName) goes on, and not where")
    }
    return (items.elements.compactMap(transform), next.isEmpty ? nil : next)
  }
}
