package import Kubernetes

/// What a cluster had of some kinds, as manifests: one text for each kind and namespace.
///
/// Objects are cut down to what policies can be about. Environments, commands, volumes and annotations of pods are not
/// kept, as they hold secrets.
package struct ClusterSnapshot: Sendable {
  package struct File: Sendable, Hashable {
    /// `shop/networkpolicies.networking.k8s.io.yaml`; of kinds that live in no namespace `_cluster/nodes.yaml`.
    package let path: String
    /// YAML documents, by name.
    package let text: String
    package let count: Int
  }

  /// Which kinds are wanted.
  package struct Selection: Sendable {
    /// Kinds without which answers are incomplete.
    package var needed: Set<GroupKind>
    /// Kinds that every server has: one without them is none.
    package var always: Set<GroupKind> = [
      GroupKind(group: "", kind: "Namespace"), GroupKind(group: "", kind: "Pod"),
      GroupKind(group: "networking.k8s.io", kind: "NetworkPolicy"),
    ]
    /// Kinds that say more and may be kept from whoever asks.
    package var optional: Set<GroupKind>
    /// Groups whose objects another group shows too, where it is served: `crd.projectcalico.org` by `projectcalico.org`.
    package var shownBy: [String: String]

    package init(
      needed: Set<GroupKind>, optional: Set<GroupKind> = [], shownBy: [String: String] = [:]
    ) {
      self.needed = needed
      self.optional = optional
      self.shownBy = shownBy
    }
  }

  /// What messages call the cluster.
  package let name: String
  /// Sorted by path. Equal clusters give equal bytes.
  package let files: [File]
  /// What could not be read.
  package let problems: [Diagnostic]

  /// How many lists are read at once.
  private static let parallelLists = 4

  /// Reads a cluster.
  ///
  /// - Parameters:
  ///   - name: what problems call the cluster.
  /// - Throws: when not even the kinds that the cluster has can be told.
  package static func read(
    _ client: APIClient, called name: String, _ selection: Selection
  ) async throws(APIError) -> ClusterSnapshot {
    let discovered = try await client.resources(for: selection.needed.union(selection.optional))
    let groups = Set(discovered.resources.map(\.group))
    let resources = discovered.resources.filter { resource in
      selection.shownBy[resource.group].map { !groups.contains($0) } ?? true
    }
    let missing = selection.always.subtracting(discovered.resources.map(\.groupKind)).sorted()
    var problems = missing.map {
      Diagnostic(.unreadable, .error, "\(name): the server has no \($0), which every API server has", at: nil)
    }
    problems += discovered.failures.map {
      Diagnostic(.unreadable, .error, "\(name): cannot tell the kinds of \($0.version): \($0.error)", at: nil)
    }
    let lists = await lists(of: resources, client)
    var files: [File] = []
    for (resource, list) in zip(resources, lists) {
      switch list {
      case .success(let objects): files += Self.files(of: objects, resource)
      case .failure(let error):
        problems.append(
          problem(error, resource, name, isNeeded: selection.needed.contains(resource.groupKind)))
      }
    }
    return ClusterSnapshot(name: name, files: files.sorted { $0.path < $1.path }, problems: problems)
  }

  private struct Object: Sendable {
    /// Whether it is of the kind that was asked for.
    let isAsked: Bool
    let namespace: String
    let name: String
    let data: DataValue
  }

  private static func lists(
    of resources: [APIResource], _ client: APIClient
  ) async -> [Result<[Object], APIError>] {
    await withTaskGroup(of: (Int, Result<[Object], APIError>).self) { group in
      var lists = [Result<[Object], APIError>](repeating: .success([]), count: resources.count)
      var next = 0
      func addTask() {
        guard next < resources.count else { return }
        let (index, resource) = (next, resources[next])
        next += 1
        group.addTask {
          do throws(APIError) {
            let objects = try await client.list(resource) { node in object(in: node, resource) }.objects
            return (index, .success(try checked(objects, resource)))
          } catch {
            return (index, .failure(error))
          }
        }
      }
      for _ in 0..<parallelLists { addTask() }
      while let (index, list) = await group.next() {
        lists[index] = list
        addTask()
      }
      return lists
    }
  }

  private static func object(in node: Node, _ resource: APIResource) -> Object {
    Object(
      isAsked: node["kind"].map { $0.text == resource.kind } ?? true,
      namespace: node["metadata"]?["namespace"]?.text ?? "", name: node["metadata"]?["name"]?.text ?? "",
      data: KeptFields.kept(of: node, resource))
  }

  /// Namespaces become folders, so nothing else may stand in their place.
  private static func checked(
    _ objects: [Object], _ resource: APIResource
  ) throws(APIError) -> [Object] {
    var names: Set<String> = []
    for object in objects {
      if let problem = object.namespace.isEmpty ? nil : NameRules.labelNameProblem(object.namespace) {
        throw .unreadable("the server lists one of a namespace whose name \(problem)")
      }
      if !object.isAsked { throw .unreadable("the server lists one that is no \(resource.kind)") }
      if object.namespace.isEmpty == resource.isNamespaced {
        throw .unreadable("the server lists one \(resource.isNamespaced ? "without a" : "with a") namespace")
      }
      if object.name.isEmpty { throw .unreadable("the server lists one without a name") }
      if !names.insert("\(object.namespace)/\(object.name)").inserted {
        throw .unreadable("the server lists \(object.namespace)/\(object.name) twice")
      }
    }
    return objects
  }

  private static func files(of objects: [Object], _ resource: APIResource) -> [File] {
    Dictionary(grouping: objects, by: \.namespace).map { namespace, own in
      File(
        path: "\(namespace.isEmpty ? "_cluster" : namespace)/\(resource.qualifiedName).yaml",
        text: own.sorted { $0.name < $1.name }.map(\.data.yaml).joined(separator: "---\n"), count: own.count)
    }
  }

  private static func problem(
    _ error: APIError, _ resource: APIResource, _ name: String, isNeeded: Bool
  ) -> Diagnostic {
    Diagnostic(
      .unreadable, isNeeded ? .error : .note, "\(name): cannot list \(resource.qualifiedName): \(error)",
      at: nil,
      fix: error.isForbidden
        ? "let whoever asks get, list and watch \(resource.qualifiedName) in all namespaces" : nil)
  }
}
