package import Kubernetes

/// All objects of a resource, of one moment.
package struct Listing<Kept: Sendable>: Sendable {
  package var objects: [Kept]
  /// The moment, in the server's words: a watch goes on from there.
  package var resourceVersion: String
}

extension APIClient {
  /// How many objects a page has at most, as `kubectl` asks.
  private static let pageSize = 500

  /// All objects of a resource.
  ///
  /// A list whose continuation expires is begun again, and then asked for in one piece, as that cannot expire
  /// (kubernetes/client-go tools/pager). The token that comes with the refusal is not taken: it goes on at another
  /// moment. No text is held longer than one object needs.
  ///
  /// - Parameters:
  ///   - retries: whether a page that fails is asked for again.
  ///   - heard: called when a part of the answer is there.
  ///   - transform: what is kept of an object; nil to leave it out.
  package nonisolated(nonsending) func list<Kept: Sendable>(
    _ resource: APIResource, retries: Bool = true, heard: () async -> Void = {},
    _ transform: (Node) throws(APIError) -> Kept?
  ) async throws(APIError) -> Listing<Kept> {
    for _ in 1...2 {
      do throws(APIError) {
        return try await pages(of: resource, retries: retries, heard: heard, transform)
      } catch {
        if !error.isExpired { throw error }
      }
    }
    let all = try await page(resource, query: [], retries: retries, heard: heard, transform)
    return Listing(objects: all.kept, resourceVersion: all.version)
  }

  private nonisolated(nonsending) func pages<Kept: Sendable>(
    of resource: APIResource, retries: Bool, heard: () async -> Void,
    _ transform: (Node) throws(APIError) -> Kept?
  ) async throws(APIError) -> Listing<Kept> {
    var listing = Listing<Kept>(objects: [], resourceVersion: "")
    var next: String?
    var known: Set<String> = []
    repeat {
      var query = [(name: "limit", value: String(Self.pageSize))]
      if let next { query.append((name: "continue", value: next)) }
      let page = try await page(resource, query: query, retries: retries, heard: heard, transform)
      listing.objects += page.kept
      listing.resourceVersion = page.version
      if let token = page.next, !known.insert(token).inserted {
        throw .unreadable("the list of \(resource.qualifiedName) goes on where it has been before")
      }
      next = page.next
    } while next != nil
    return listing
  }

  private typealias Page<Kept> = (kept: [Kept], version: String, next: String?)

  private nonisolated(nonsending) func page<Kept: Sendable>(
    _ resource: APIResource, query: [(name: String, value: String)], retries: Bool, heard: () async -> Void,
    _ transform: (Node) throws(APIError) -> Kept?
  ) async throws(APIError) -> Page<Kept> {
    guard retries else { return try await readPage(resource, query: query, heard: heard, transform) }
    return try await retrying { () async throws(APIError) in
      try await readPage(resource, query: query, heard: heard, transform)
    }
  }

  private nonisolated(nonsending) func readPage<Kept: Sendable>(
    _ resource: APIResource, query: [(name: String, value: String)], heard: () async -> Void,
    _ transform: (Node) throws(APIError) -> Kept?
  ) async throws(APIError) -> Page<Kept> {
    let file = SourceFile(path: resource.path)
    var splitter = JSONSplitter(.items)
    var kept: [Kept] = []
    try await stream(APIRequest(resource.path, query: query), started: heard) {
      piece async throws(APIError) in
      await heard()
      try splitter.append(piece, of: resource.path) { bytes throws(APIError) in
        if let object = try transform(try Document.answer(bytes, file)) { kept.append(object) }
      }
    }
    let root = try Document.answer(splitter.envelope, file)
    // `kind` tells a list from an error that came with 200, and from a list of something else.
    guard let items = root["items"], items.isNull || items.content == .sequence, items.elements.isEmpty,
      root["kind"]?.text.hasSuffix("List") ?? false
    else { throw .unreadable("the answer to \(resource.path) is no list") }
    let next = root["metadata"]?["continue"]?.text ?? ""
    if next.isEmpty, case .integer(1...)? = root["metadata"]?["remainingItemCount"]?.scalar {
      throw .unreadable("the server says that the list of \(resource.qualifiedName) goes on, and not where")
    }
    return (kept, root["metadata"]?["resourceVersion"]?.text ?? "", next.isEmpty ? nil : next)
  }
}
