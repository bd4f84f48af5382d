package import Kubernetes

/// What a server serves of the kinds that were asked for.
package struct Discovered: Sendable {
  package var resources: [APIResource] = []
  /// Versions that it says it has and does not tell about, as when the server of an extension is down.
  package var failures: [(version: String, error: APIError)] = []
}

extension APIClient {
  /// The resources that a server has for some kinds, each in the version that the server prefers among those that have it.
  ///
  /// - Parameter kinds: those that are of interest; groups without one are not asked about.
  package func resources(for kinds: Set<GroupKind>) async throws(APIError) -> Discovered {
    let groups = Set(kinds.map(\.group))
    var versions: [String] = groups.contains("") ? ["v1"] : []
    let list = try await object(APIRequest("/apis"))
    guard list["kind"]?.hasText("APIGroupList") ?? false, let served = list["groups"],
      served.content == .sequence
    else { throw .unreadable("the answer to /apis is no list of groups") }
    for group in served.elements {
      guard let name = group["name"]?.text, groups.contains(name) else { continue }
      let preferred = group["preferredVersion"]?["groupVersion"]?.text
      let all = (group["versions"]?.elements ?? []).compactMap { $0["groupVersion"]?.text }
      versions += [preferred].compactMap(\.self) + all.filter { $0 != preferred }
    }
    var discovered = Discovered()
    var known: Set<GroupKind> = []
    for version in versions {
      do throws(APIError) {
        for resource in try await resources(of: version)
        where kinds.contains(resource.groupKind) && known.insert(resource.groupKind).inserted {
          discovered.resources.append(resource)
        }
      } catch {
        discovered.failures.append((version, error))
      }
    }
    return discovered
  }

  /// Those of a version that can be listed.
  private func resources(of version: String) async throws(APIError) -> [APIResource] {
    // What a server calls its kinds becomes a part of paths here and there.
    let parts = version.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2, let last = parts.last, NameRules.labelNameProblem(String(last)) == nil else {
      throw .unreadable("`\(version)` is no version of a group")
    }
    let list = try await object(APIRequest(APIResource.path(of: version)))
    guard list["kind"]?.hasText("APIResourceList") ?? false, let resources = list["resources"],
      resources.content == .sequence
    else { throw .unreadable("the answer about \(version) is no list of resources") }
    return resources.elements.compactMap { entry in
      guard let name = entry["name"]?.text, NameRules.labelNameProblem(name) == nil,
        let kind = entry["kind"]?.text,
        entry["verbs"]?.elements.contains(where: { $0.hasText("list") }) ?? false
      else { return nil }
      let isNamespaced = if case .bool(true)? = entry["namespaced"]?.scalar { true } else { false }
      return APIResource(version: version, name: name, kind: kind, isNamespaced: isNamespaced)
    }
  }

  /// A successful answer as data.
  func object(_ request: APIRequest) async throws(APIError) -> Node {
    try Document.answer(try await read(request), SourceFile(path: request.path))
  }
}
