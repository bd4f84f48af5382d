import Foundation
import Merlon

/// The namespace whose policies are tested, and who is asked about.
enum Orders {
  static let api = Pods(["app": "api"], in: "orders")
  static let report = Pods(["app": "report"], in: "orders")
  static let postgres = Pods(["app": "postgres"], in: "orders")
  static let prometheus = Pods(["app": "prometheus"], in: "monitoring")

  /// The cluster as the manifests describe it.
  static func cluster() async throws -> Cluster {
    let manifests = URL(filePath: #filePath).appending(path: "../../../manifests").standardized
    return try await Cluster.load([manifests.path])
  }
}
