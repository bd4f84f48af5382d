internal import Kubernetes
internal import PolicyModel

/// Ends of a connection.
public struct Ends: OptionSet, Sendable, Hashable {
  /// The set as bits.
  public let rawValue: UInt8

  /// A set of these bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Who connects.
  public static let source = Ends(rawValue: 1)
  /// Who is connected to.
  public static let target = Ends(rawValue: 2)
  /// Who connects and who is connected to.
  public static let both: Ends = [.source, .target]
  /// Neither end.
  public static let none: Ends = []
}

/// A connection that is meant to work, from both ends: egress of the source and ingress of the target.
///
/// Made by `allow(…, to: …)`. Declaring it twice, or once from either end, is declaring it once.
public struct Flow: Sendable {
  enum End: Sendable {
    case pods(Pods)
    case peers([Peer])

    var peers: [Peer] {
      switch self {
      case .pods(let pods): [.pods(pods)]
      case .peers(let peers): peers
      }
    }

    var pods: Pods? { if case .pods(let pods) = self { pods } else { nil } }
  }

  let source: End
  let target: End
  /// Nil where nobody says: an error for pods, which should declare them, and all of other targets.
  let ports: PortSet?
  let isolating: Ends
  let site: CallSite
}

/// Lets pods connect to other pods, in whatever namespaces they are.
///
/// - Parameters:
///   - ports: those that the target declares, with their protocols, when left out; it is an error if it declares none.
///   - isolating: the ends that are closed for what is not allowed. An end that is not isolated gets the rule, too, which
///     counts where another policy closes it.
public func allow(
  _ source: any PodSelecting, to target: any PodSelecting, _ ports: PortSet? = nil, isolating: Ends = .both,
  file: String = #fileID, line: UInt = #line
) -> Flow {
  Flow(
    source: .pods(source.pods), target: .pods(target.pods), ports: ports ?? target.declaredPorts,
    isolating: isolating, site: CallSite(file, line))
}

/// Lets pods connect to something that is not to be policed itself, so that there is a policy at the source only.
///
/// - Parameter ports: all where they are left out, and those it answers on for ``Peer/clusterDNS``.
public func allow(
  _ source: any PodSelecting, to target: Peer, _ ports: PortSet? = nil, isolating: Ends = .source,
  file: String = #fileID, line: UInt = #line
) -> Flow {
  Flow(
    source: .pods(source.pods), target: .peers([target]), ports: ports, isolating: isolating,
    site: CallSite(file, line))
}

/// Lets something connect to pods.
///
/// - Parameter ports: those that the target declares when left out; it is an error if it declares none.
public func allow(
  from source: Peer, to target: any PodSelecting, _ ports: PortSet? = nil, isolating: Ends = .target,
  file: String = #fileID, line: UInt = #line
) -> Flow {
  Flow(
    source: .peers([source]), target: .pods(target.pods), ports: ports ?? target.declaredPorts,
    isolating: isolating, site: CallSite(file, line))
}
