internal import Kubernetes
internal import KubernetesAPI
internal import Logging

/// The files that a control plane is told to read, at its start and when it is asked to read them anew.
struct ServedFiles: Sendable {
  private let configuration: ServeConfiguration
  private let environment: EnvironmentVariables

  init(_ configuration: ServeConfiguration, environment: EnvironmentVariables) {
    self.configuration = configuration
    self.environment = environment
  }

  /// Whom the server says that it is; nil for plain HTTP.
  func identity() throws(ServeError) -> (certificates: String, key: SecretText)? {
    guard let certificateFile = configuration.certificateFile, let keyFile = configuration.keyFile else {
      return nil
    }
    return (try text(of: certificateFile), SecretText(try text(of: keyFile)))
  }

  private func text(of path: String) throws(ServeError) -> String {
    do throws(UnreadableInput) {
      return String(decoding: try ManifestText(contentsOf: path).bytes, as: UTF8.self)
    } catch {
      throw ServeError([error.problem])
    }
  }

  /// Clusters that are followed beside those that are stored.
  func integrations() throws(ServeError) -> [IntegrationAccess] {
    var integrations: [IntegrationAccess] = []
    var problems: [Diagnostic] = []
    for context in configuration.contexts {
      do throws(AccessError) {
        let access = try ClusterAccess.find(kubeconfig: configuration.kubeconfig, context: context.context)
        integrations.append(IntegrationAccess(name: context.integration, access: access))
      } catch {
        problems += error.problems
      }
    }
    if let name = configuration.inCluster {
      do throws(AccessError) {
        integrations.append(
          IntegrationAccess(name: name, access: try .inCluster(environment: environment)))
      } catch {
        problems += error.problems
      }
    }
    if !problems.isEmpty { throw ServeError(problems) }
    return integrations
  }

  /// Lets the policy of a file count, when one is named.
  func putPolicy(to plane: ControlPlane, _ logger: Logger) async throws(ServeError) {
    guard let path = configuration.policyFile else { return }
    let text = try text(of: path)
    do throws(RequestError) {
      let (appended, findings) = try await plane.putPolicy(
        text, expecting: .any, note: "read from a file", by: "file \(path)", called: path)
      for finding in findings {
        logger.warning("\(finding.message)", metadata: ["at": "\(finding.location.map { "\($0)" } ?? path)"])
      }
      logger.info(
        "the policy counts",
        metadata: ["revision": "\(appended.revision.header.number)", "changed": "\(appended.isNew)"])
    } catch {
      throw ServeError(
        error.problems.isEmpty
          ? [Diagnostic(.unreadable, .error, "\(path): \(error.message)", at: nil, fix: error.fix)]
          : error.problems)
    }
  }
}
