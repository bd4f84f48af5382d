internal import Kubernetes

extension ClusterAccess {
  /// Where the files of a pod's service account are.
  package static let serviceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount"

  /// Whether this process runs in a pod that has a service account.
  package static func isInCluster(
    environment: EnvironmentVariables = .process, folder: String = serviceAccountFolder
  ) -> Bool {
    environment["KUBERNETES_SERVICE_HOST"] != nil && environment["KUBERNETES_SERVICE_PORT"] != nil
      && (try? ManifestText(contentsOf: folder + "/token", requiresUTF8: false)) != nil
  }

  /// The cluster that this process runs in, as its pod's service account. Only that cluster's own authority is trusted.
  ///
  /// - Throws: everything that is missing or wrong.
  package static func inCluster(
    environment: EnvironmentVariables = .process, folder: String = serviceAccountFolder
  ) throws(AccessError) -> ClusterAccess {
    var problems: [Diagnostic] = []
    let server = inClusterServer(environment, &problems)
    var trust: ServerTrust?
    if let text = text(folder + "/ca.crt", &problems) {
      do throws(PEMProblem) {
        trust = .authorities(try Certificates(pem: text))
      } catch {
        problems.append(Diagnostic(.invalidValue, .error, "\(folder)/ca.crt \(error.message)", at: nil))
      }
    }
    let token = TokenFile(path: folder + "/token")
    do throws(AccessError) { _ = try token.read() } catch { problems += error.problems }
    guard problems.isEmpty, let server, let trust else { throw AccessError(problems) }
    var access = ClusterAccess(name: "in-cluster", server: server, trust: trust)
    access.credential.identity = .tokenFile(token)
    access.namespace = inClusterNamespace(environment, folder)
    access.proxy = try ProxyServer.named(by: environment, for: server)
    return access
  }

  private static func inClusterServer(_ environment: EnvironmentVariables, _ problems: inout [Diagnostic])
    -> ServerURL?
  {
    let variables = ["KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"]
    for variable in variables where environment[variable] == nil {
      problems.append(
        Diagnostic(
          .noCluster, .error, "the environment variable `\(variable)`, which every pod has, is not set",
          at: nil))
    }
    guard let host = environment[variables[0]], let port = environment[variables[1]] else { return nil }
    do throws(URLProblem) {
      return try ServerURL("https://\(host.contains(":") ? "[\(host)]" : host):\(port)")
    } catch {
      problems.append(
        Diagnostic(
          .invalidValue, .error,
          "`KUBERNETES_SERVICE_HOST` and `KUBERNETES_SERVICE_PORT` make a URL that \(error.message)", at: nil)
      )
      return nil
    }
  }

  private static func inClusterNamespace(_ environment: EnvironmentVariables, _ folder: String) -> String {
    if let named = environment["POD_NAMESPACE"] { return named }
    let text = try? ManifestText(contentsOf: folder + "/namespace")
    let name = text.map { String(decoding: $0.bytes[...].trimmingBlanks, as: UTF8.self) } ?? ""
    return name.isEmpty ? "default" : name
  }

  private static func text(_ path: String, _ problems: inout [Diagnostic]) -> [UInt8]? {
    do throws(UnreadableInput) {
      return try ManifestText(contentsOf: path, requiresUTF8: false).bytes
    } catch {
      problems.append(error.problem)
      return nil
    }
  }
}
