internal import Kubernetes

/// Pods that one owner makes, with what policies can see of them.
///
/// ```swift
/// let redis = Workload("redis", in: "shop", labels: ["app": "redis"], ports: .tcp(6379))
/// ```
///
/// Labels are those that the pods really have: nothing adds any. To read them from a manifest, see
/// ``init(manifest:named:in:file:line:)``.
public struct Workload: PodSelecting {
  /// Something that a workload needs in order to work, so that policies which cut it are reported.
  public enum Need: String, Sendable, Hashable, CaseIterable {
    /// It asks the Kubernetes API.
    case apiServer
    /// It asks for names.
    case clusterDNS
  }

  /// What it is called.
  public let name: String
  /// The name of the namespace that it lives in.
  public let namespace: String
  /// The labels of its pods.
  public let labels: [String: String]
  /// The labels that tell its pods from others; all of ``labels`` unless a manifest's selector has fewer.
  public let selector: Selector
  /// What its containers declare, with names.
  let containerPorts: [ContainerPort]
  /// The name of the service account that its pods run as.
  public let serviceAccount: String
  /// Whether its pods use their node's network, where no policy reaches them.
  public let hostNetwork: Bool
  /// What it must be able to reach.
  public let needs: Set<Need>
  let site: CallSite

  /// A workload that no manifest describes.
  ///
  /// - Parameters:
  ///   - labels: of its pods; without any it is an error.
  ///   - ports: what its containers answer on.
  ///   - portNames: what they call ports, by number: `[9090: "metrics"]`; each must be one of `ports`.
  public init(
    _ name: String, in namespace: String, labels: [String: String], ports: PortSet = [],
    portNames: [UInt16: String] = [:], serviceAccount: String = "default", hostNetwork: Bool = false,
    needs: Set<Need> = [], file: String = #fileID, line: UInt = #line
  ) {
    self.init(
      name: name, namespace: namespace, labels: labels, selector: Selector(labels),
      containerPorts: Self.containerPorts(ports, portNames), serviceAccount: serviceAccount,
      hostNetwork: hostNetwork, needs: needs, site: CallSite(file, line))
  }

  init(
    name: String, namespace: String, labels: [String: String], selector: Selector,
    containerPorts: [ContainerPort], serviceAccount: String, hostNetwork: Bool, needs: Set<Need>,
    site: CallSite
  ) {
    self.name = name
    self.namespace = namespace
    self.labels = labels
    self.selector = selector
    self.containerPorts = containerPorts
    self.serviceAccount = serviceAccount
    self.hostNetwork = hostNetwork
    self.needs = needs
    self.site = site
  }

  private static func containerPorts(_ ports: PortSet, _ names: [UInt16: String]) -> [ContainerPort] {
    var found: [ContainerPort] = []
    for case .range(let transport, let first, let last) in ports.entries where first > 0 && first == last {
      found.append(ContainerPort(name: names[first], transport: transport.model, number: first))
    }
    return found.sorted { ($0.number, $0.transport.name) < ($1.number, $1.transport.name) }
  }

  /// The pods that it stands for.
  public var pods: Pods { Pods(selector, .named([namespace]), nil, site) }

  /// The ports that its containers declare; nil when they declare none.
  public var declaredPorts: PortSet? {
    containerPorts.isEmpty
      ? nil : PortSet(containerPorts.map { .range(Transport($0.transport), $0.number, $0.number) })
  }
}

extension Workload: CustomStringConvertible {
  /// `shop/web`.
  public var description: String { "\(namespace)/\(name)" }
}

extension Workload {
  var problems: [Diagnostic] {
    var found: [String] = []
    if let problem = NameRules.subdomainProblem(name) {
      found.append("the workload name `\(name)` \(problem)")
    }
    if labels.isEmpty {
      found.append("the pods of \(self) have no labels, so nothing tells them from others")
    }
    return found.map { Diagnostic(.invalidValue, .error, $0, at: site.location) } + pods.problems
  }
}
