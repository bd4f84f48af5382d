import Foundation
import Merlon

/// The shop's workloads, and whoever else is asked about.
enum Shop {
  static let web = Pods(["app": "web"], in: "shop")
  static let api = Pods(["app": "api"], in: "shop")
  static let db = Pods(["app": "db"], in: "shop")
  static let stranger = Pods(["app": "stranger"], in: "elsewhere")
  static let partner = Peer.cidr("203.0.113.7/32")
  static let metadataService = Peer.cidr("169.254.169.254/32")

  /// The cluster with one engine's policies, in that engine's eyes.
  static func cluster(under engine: Engine) async throws -> Cluster {
    let package = URL(filePath: #filePath).appending(path: "../../..").standardized
    return try await Cluster.load(
      ["workloads", engine.rawValue].map { package.appending(path: $0).path }, engine: engine)
  }
}
