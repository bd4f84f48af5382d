internal import Kubernetes
internal import PolicyModel

/// Something that rules can name as the other end of a connection. Conform your own types to use them as peers.
public protocol PeerConvertible: Sendable {
  /// What it stands for: any of these. Without any it is an error where it is used.
  var peers: [Peer] { get }
}

/// The other end of a connection: pods, addresses, or something with a name.
public struct Peer: PeerConvertible, Hashable {
  enum Kind: Sendable, Hashable {
    case pods(Pods)
    case block(String, except: [String])
    case anyone
    case outside
    case nodes(Selector)
    case ownNode
    case apiServer
    case clusterDNS
    case domain(String)
    case entity(String)
  }

  let kind: Kind

  init(_ kind: Kind) { self.kind = kind }

  /// Itself, as a peer.
  public var peers: [Peer] { [self] }

  /// Everything that can send or receive packets: pods, nodes, and what is outside the cluster.
  public static let anyone = Peer(.anyone)
  /// Everything outside the cluster, and neither pods nor nodes.
  public static let world = Peer(.outside)
  /// Every pod of every namespace.
  public static let allPods = namespaces(.all)

  /// Pods by their labels.
  public static func pods(_ pods: Pods) -> Peer { Peer(.pods(pods)) }

  /// Every pod of some namespaces.
  public static func namespaces(_ namespaces: Namespaces, file: String = #fileID, line: UInt = #line) -> Peer
  {
    Peer(.pods(.all(in: namespaces, file: file, line: line)))
  }

  /// Pods that run as a service account.
  public static func serviceAccount(
    _ name: String, in namespaces: Namespaces, file: String = #fileID, line: UInt = #line
  ) -> Peer {
    Peer(.pods(Pods(.everything, namespaces, name, CallSite(file, line))))
  }

  /// The addresses of a block without its holes, whoever has them: `.cidr("10.0.0.0/8", except: ["10.1.0.0/16"])`.
  ///
  /// A hole is no denial: another peer may match it. What is no CIDR is reported by ``Intent/check()``.
  public static func cidr(_ block: String, except holes: [String] = []) -> Peer {
    Peer(.block(block, except: holes))
  }

  /// Every IPv4 address, those of pods and nodes included.
  public static let anyIPv4 = cidr("0.0.0.0/0")
  /// Every IPv6 address, those of pods and nodes included.
  public static let anyIPv6 = cidr("::/0")

  /// Nodes, and the pods that use their network.
  public static let nodes = Peer(.nodes(.everything))
  /// Nodes with some labels.
  public static func nodes(_ selector: Selector) -> Peer { Peer(.nodes(selector)) }
  /// The node that the subject runs on.
  public static let host = Peer(.ownNode)

  /// The Kubernetes API server, wherever it runs.
  public static let apiServer = Peer(.apiServer)
  /// What answers for domain names in the cluster, see ``ClusterDescription/dns``; without ports, on those it answers on.
  public static let clusterDNS = Peer(.clusterDNS)
  /// What a domain name stands for, outside the cluster: `api.example.com`, or `*.example.com` for all names below.
  public static func domain(_ name: String) -> Peer { Peer(.domain(name)) }
  /// Something that only one engine knows, in its words: `health`, `ingress`.
  public static func entity(_ name: String) -> Peer { Peer(.entity(name)) }
}

extension Peer: CustomStringConvertible {
  /// `pods with app=web in namespace shop`, `10.0.0.0/8`, `the API server`.
  public var description: String {
    switch kind {
    case .pods(let pods): pods.description
    case .block(let block, let holes):
      holes.isEmpty ? block : "\(block) except \(holes.joined(separator: ", "))"
    case .anyone: "anyone"
    case .outside: "everything outside the cluster"
    case .nodes(let selector): selector.requirements.isEmpty ? "all nodes" : "nodes with \(selector)"
    case .ownNode: "the pod's own node"
    case .apiServer: "the API server"
    case .clusterDNS: "the cluster's DNS"
    case .domain(let name): name
    case .entity(let name): "entity \(name)"
    }
  }
}
