internal import Kubernetes

/// What is known of the cluster that an intent is for, besides its workloads.
///
/// Nothing of it must be said. What is not known becomes an assumption of the proof, or a loss of a rendering.
public struct ClusterDescription: Sendable, Hashable {
  /// Blocks that pods get their addresses from.
  public var podCIDRs: [String] = []
  /// Blocks that the nodes' addresses lie in.
  public var nodeCIDRs: [String] = []
  /// Where the API server answers, after Service addresses are translated: `10.0.0.5:6443`.
  public var apiServer: [String] = []
  /// What answers for domain names.
  public var dns = DNS.kubeDNS

  /// What answers for domain names in a cluster.
  public struct DNS: Sendable, Hashable {
    /// The pods that it stands for.
    public let pods: Pods
    /// Addresses beside the pods, such as that of NodeLocal DNSCache.
    public let addresses: [String]
    /// What they answer on.
    public let ports: PortSet

    /// Pods that answer, and on which ports.
    public init(pods: Pods, addresses: [String] = [], ports: PortSet = [.udp(53), .tcp(53)]) {
      self.pods = pods
      self.addresses = addresses
      self.ports = ports
    }

    /// CoreDNS or kube-dns, as most distributions install it.
    public static let kubeDNS = DNS(pods: Pods(["k8s-app": "kube-dns"], in: "kube-system"))
    /// OpenShift, whose pods answer on port 5353.
    public static let openShift = DNS(
      pods: Pods(["dns.operator.openshift.io/daemonset-dns": "default"], in: "openshift-dns"),
      ports: [.udp(5353), .tcp(5353)])
    /// ``kubeDNS`` behind NodeLocal DNSCache.
    public static let nodeLocal = DNS(
      pods: Pods(["k8s-app": "kube-dns"], in: "kube-system"), addresses: ["169.254.20.10/32"])
  }

  /// Of which nothing is known.
  public init() {}

  /// Nothing is known.
  public static let unknown = ClusterDescription()
}

extension ClusterDescription {
  /// What its texts mean; what means nothing is reported.
  struct Read {
    var podBlocks: [CIDR] = []
    var nodeBlocks: [CIDR] = []
    var apiServer: [(address: IPAddress, port: UInt16)] = []
    var problems: [Diagnostic] = []
  }

  func read(at site: CallSite) -> Read {
    var read = Read()
    func blocks(_ texts: [String], _ field: String) -> [CIDR] {
      texts.compactMap { text in
        if let parsed = ParsedCIDR(text), parsed.legacyForms.isEmpty { return parsed.cidr }
        read.problems.append(
          Diagnostic(
            .invalidValue, .error, "`\(text)` in \(field) is no block of addresses, such as 10.0.0.0/8",
            at: site.location))
        return nil
      }
    }
    read.podBlocks = blocks(podCIDRs, "podCIDRs")
    read.nodeBlocks = blocks(nodeCIDRs, "nodeCIDRs")
    for text in apiServer {
      if let endpoint = Self.endpoint(text) {
        read.apiServer.append(endpoint)
      } else {
        read.problems.append(
          Diagnostic(
            .invalidValue, .error, "`\(text)` in apiServer is no address and port, such as 10.0.0.5:6443",
            at: site.location))
      }
    }
    read.problems += dns.pods.problems
    return read
  }

  /// The ports on which the API server answers; nil if nobody says it.
  var apiServerPorts: PortSet? {
    let ports = apiServer.compactMap { Self.endpoint($0)?.1 }
    return ports.isEmpty ? nil : PortSet(ports.map { .range(.tcp, $0, $0) })
  }

  private static func endpoint(_ text: String) -> (IPAddress, UInt16)? {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), port > 0
    else { return nil }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    return IPAddress(String(host)).map { ($0, port) }
  }
}
