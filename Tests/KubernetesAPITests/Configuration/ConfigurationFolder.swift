import Foundation
import Kubernetes

@testable import KubernetesAPI

/// A temporary folder with kubeconfigs, certificates and plugins.
final class ConfigurationFolder: Sendable {
  let url: URL

  init(_ files: [String: String] = [:]) throws {
    url = FileManager.default.temporaryDirectory.appendingPathComponent("merlon-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    for (name, text) in files { try write(name, text) }
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  var root: String { url.path }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> String {
    let file = url.appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
    return file.path
  }

  /// Writes a program of the shell.
  @discardableResult
  func script(_ name: String, _ text: String) throws -> String {
    let path = try write(name, "#!/bin/sh\n" + text)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    return path
  }

  func remove(_ name: String) throws {
    try FileManager.default.removeItem(at: url.appendingPathComponent(name))
  }

  func text(_ name: String) throws -> String {
    try String(contentsOf: url.appendingPathComponent(name), encoding: .utf8)
  }

  /// What the file `config` says, or `line:column code message → fix` of each problem, with `~` for this folder.
  func access(context: String? = nil, _ environment: [String: String] = [:]) -> Result<
    ClusterAccess, Problems
  > {
    result { () throws(AccessError) in
      try Kubeconfig.read(path: path("config")).access(
        context: context, environment: EnvironmentVariables(environment))
    }
  }

  func result<Value>(_ body: () throws(AccessError) -> Value) -> Result<Value, Problems> {
    do throws(AccessError) {
      return .success(try body())
    } catch {
      return .failure(problems(error))
    }
  }

  func problems(_ error: AccessError) -> Problems {
    Problems(
      lines: error.problems.map { problem in
        let place = problem.location.map { "\($0.line):\($0.column) " } ?? ""
        let text =
          place + problem.code.rawValue + " " + problem.message + (problem.fix.map { " → \($0)" } ?? "")
        return text.replacing(url.path, with: "~")
      })
  }

  struct Problems: Error, Equatable {
    let lines: [String]
  }
}

extension Result where Failure == ConfigurationFolder.Problems {
  /// The problems; empty when there are none.
  var problems: [String] { if case .failure(let problems) = self { problems.lines } else { [] } }
}

/// PEM texts whose certificates and keys are whole as far as PEM goes.
enum TestPEM {
  static let certificate = "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n"
  static let otherCertificate = "-----BEGIN CERTIFICATE-----\nMAMCAQI=\n-----END CERTIFICATE-----\n"
  static let key = "-----BEGIN PRIVATE KEY-----\nMAMCAQA=\n-----END PRIVATE KEY-----\n"

  static let certificateData = Base64.encode(Array(certificate.utf8))
  static let keyData = Base64.encode(Array(key.utf8))
}

/// A kubeconfig with the one context `c`, which has the cluster in line 6 and the user in line 9, from column 12.
func kubeconfig(cluster: String = "{server: 'https://api:6443'}", user: String = "{}") -> String {
  """
  current-context: c
  contexts:
  - {name: c, context: {cluster: k, user: u, namespace: shop}}
  clusters:
  - name: k
    cluster: \(cluster)
  users:
  - name: u
    user:    \(user)
  """
}
