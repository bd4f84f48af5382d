package import Kubernetes

/// The policies of an input, of every dialect, as their authors wrote them.
package struct PolicySet: Sendable {
  /// In the order of the input. Of objects of one identity the last counts.
  package let objects: [PolicyObject]
  /// The kind of each of ``objects``.
  package let groupKinds: [GroupKind]
  /// What policies refer to.
  package let references: References
  /// How many objects an API server, or the engine that they are for, would refuse. They isolate nothing and
  /// allow nothing.
  package let rejected: Int
  package let diagnostics: [Diagnostic]

  /// What a reader must keep so that ``init(_:defaultNamespace:)`` finds the policies.
  package static func readerOptions(defaultNamespace: String, excludes: [String] = [])
    -> ManifestReader.Options
  {
    var options = ManifestReader.Options()
    options.defaultNamespace = defaultNamespace
    options.excludes = ExcludePatterns(excludes)
    options.keptKinds = PolicyObject.groupKinds
    options.misspelledKind = { PolicyKinds.misspelled($0, apiVersion: $1) }
    return options
  }

  package init(_ manifests: ManifestSet, defaultNamespace: String) {
    var problems: [Diagnostic] = []
    var rejected = 0
    var objects: [PolicyObject] = []
    var groupKinds: [GroupKind] = []
    var places: [Identity: Int] = [:]
    for object in manifests.foreign {
      guard let parsed = PolicyObject(object, defaultNamespace: defaultNamespace, &problems) else {
        rejected += 1
        continue
      }
      let identity = Identity(object.groupKind, parsed.meta)
      if let earlier = places[identity] {
        problems.append(
          Diagnostic(
            .duplicateObject, .warning, "\(identity) is defined twice; the last one counts",
            at: parsed.meta.location,
            related: [.init(message: "the other one", location: objects[earlier].meta.location)],
            fix: "leave one of the files out with --exclude"))
        objects[earlier] = parsed
      } else {
        places[identity] = objects.count
        objects.append(parsed)
        groupKinds.append(object.groupKind)
      }
    }
    for (kind, count) in manifests.passedOver.sorted(by: { $0.key < $1.key })
    where PolicyKinds.isUnevaluatedPolicy(kind) {
      problems.append(
        Diagnostic(
          .unevaluatedPolicies, .warning,
          "\(count) \(kind) \(count == 1 ? "object polices" : "objects police") traffic too, but this version does not evaluate the kind; answers are without it",
          at: nil))
    }
    self.objects = objects
    self.groupKinds = groupKinds
    references = References(
      services: manifests.services, serviceEndpoints: manifests.serviceEndpoints)
    self.rejected = rejected
    diagnostics = problems.reportingEachTemplateOnce()
  }

  private struct Identity: Hashable, CustomStringConvertible {
    let groupKind: GroupKind
    let namespace: String
    let name: String

    init(_ groupKind: GroupKind, _ meta: ObjectMeta) {
      self.groupKind = groupKind
      namespace = meta.namespace
      name = meta.name
    }

    var description: String {
      namespace.isEmpty ? "\(groupKind.kind) \(name)" : "\(groupKind.kind) \(namespace)/\(name)"
    }
  }
}

extension PolicySet {
  /// Objects that policies name and that are no policies.
  package struct References: Sendable {
    package let services: [Service]
    package let serviceEndpoints: [ServiceEndpoints]

    package init(services: [Service] = [], serviceEndpoints: [ServiceEndpoints] = []) {
      self.services = services
      self.serviceEndpoints = serviceEndpoints
    }
  }

  package var networkPolicies: [NetworkPolicy] {
    objects.compactMap { if case .networkPolicy(let policy) = $0 { policy } else { nil } }
  }

  package var clusterNetworkPolicies: [ClusterNetworkPolicy] {
    objects.compactMap { if case .clusterNetworkPolicy(let policy) = $0 { policy } else { nil } }
  }

  package var calico: [CalicoObject] {
    objects.compactMap { if case .calico(let object) = $0 { object } else { nil } }
  }

  package var cilium: [CiliumObject] {
    objects.compactMap { if case .cilium(let object) = $0 { object } else { nil } }
  }

  /// Namespaces that policies live in.
  package var namespaces: Set<String> { Set(objects.lazy.map(\.meta.namespace)).subtracting([""]) }
}

extension Diagnostic.Code {
  /// Policies of a dialect that is not evaluated.
  package static let unevaluatedPolicies = Self(rawValue: "unevaluated-policies")
}
