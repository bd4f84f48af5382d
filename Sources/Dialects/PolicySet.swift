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
      services: manifests.services, serviceEndpoints: manifests.serviceEndpoints,
      namespaces: manifests.namespaces,
      unknownServiceAccounts: objects.contains { if case .calico = $0 { true } else { false } }
        ? manifests.unknownServiceAccounts : [])
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
    package let namespaces: [Namespace]
    /// Service accounts that pods run as and that no manifest defines, sorted; only where policies can look at their
    /// labels.
    package let unknownServiceAccounts: [ServiceAccountName]

    package init(
      services: [Service] = [], serviceEndpoints: [ServiceEndpoints] = [], namespaces: [Namespace] = [],
      unknownServiceAccounts: [ServiceAccountName] = []
    ) {
      self.services = services
      self.serviceEndpoints = serviceEndpoints
      self.namespaces = namespaces
      self.unknownServiceAccounts = unknownServiceAccounts
    }
  }

  package struct ServiceAccountName: Sendable, Hashable {
    package let namespace: String
    package let name: String
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

extension ManifestSet {
  /// Service accounts that pods and templates run as and that are not among the objects. O(pods).
  fileprivate var unknownServiceAccounts: [PolicySet.ServiceAccountName] {
    typealias Name = PolicySet.ServiceAccountName
    var unknown: Set<Name> = []
    // Replicas mostly stand together, and to compare is cheaper than to hash.
    var last: Name?
    func note(_ name: Name) {
      if name != last { unknown.insert(name) }
      last = name
    }
    // By index: to name a pod would copy all of it.
    for index in pods.indices {
      note(Name(namespace: pods[index].meta.namespace, name: pods[index].template.serviceAccountName))
    }
    for index in workloads.indices {
      note(
        Name(namespace: workloads[index].meta.namespace, name: workloads[index].template.serviceAccountName))
    }
    for account in serviceAccounts {
      unknown.remove(Name(namespace: account.meta.namespace, name: account.meta.name))
    }
    return unknown.sorted { ($0.namespace, $0.name) < ($1.namespace, $1.name) }
  }
}

extension Diagnostic.Code {
  /// Policies of a dialect that is not evaluated.
  package static let unevaluatedPolicies = Self(rawValue: "unevaluated-policies")
}
