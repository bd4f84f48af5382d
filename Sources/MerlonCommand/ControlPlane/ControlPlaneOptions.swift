internal import ArgumentParser
internal import Kubernetes
internal import KubernetesAPI

/// Which control plane is asked, and as whom. A token never stands on the command line, where everybody on the machine can
/// read it.
struct ControlPlaneOptions: ParsableArguments {
  @Option(
    name: .long,
    help: "The URL of the control plane, https, or http on this machine; without it that of MERLON_SERVER.")
  var server: String?

  @Option(
    name: .long,
    help:
      "A file that has the token to show; without it that of MERLON_TOKEN_FILE, else the token in MERLON_TOKEN.",
    completion: .file())
  var tokenFile: String?

  @Option(
    name: .long,
    help: """
      PEM certificates of the only authorities that are trusted; without it those of MERLON_CERTIFICATE_AUTHORITY, else \
      those of this machine.
      """,
    completion: .file())
  var certificateAuthority: String?
}

extension ControlPlaneOptions {
  /// The control plane that is meant.
  ///
  /// - Throws: everything that is missing or wrong.
  func access(_ environment: EnvironmentVariables = .process) throws(AccessError) -> ClusterAccess {
    var problems: [Diagnostic] = []
    var authority: ManifestText?
    if let path = Self.given(certificateAuthority) ?? environment["MERLON_CERTIFICATE_AUTHORITY"] {
      do throws(UnreadableInput) {
        authority = try ManifestText(contentsOf: path, requiresUTF8: false)
      } catch {
        problems.append(error.problem)
      }
    }
    var access: ClusterAccess?
    if let server = Self.given(server) ?? environment["MERLON_SERVER"] {
      do throws(AccessError) {
        access = try ClusterAccess(server: server, authority: authority, token: nil, environment: environment)
      } catch {
        problems += error.problems
      }
    } else {
      problems.append(
        Diagnostic(
          .noControlPlane, .error, "nothing says which control plane is meant", at: nil,
          fix: "name it with --server https://…, or in MERLON_SERVER"))
    }
    do throws(AccessError) {
      let identity = try identity(environment)
      access?.credential.identity = identity
    } catch {
      problems += error.problems
    }
    guard problems.isEmpty, let access else { throw AccessError(problems) }
    return access
  }

  /// What to show. A file is read again when the server does not take what it had.
  private func identity(_ environment: EnvironmentVariables) throws(AccessError) -> Credential.Identity {
    if let path = Self.given(tokenFile) ?? environment["MERLON_TOKEN_FILE"] {
      let file = TokenFile(path: path)
      _ = try file.read()
      return .tokenFile(file)
    }
    if let token = environment["MERLON_TOKEN"] {
      if let problem = Credential.tokenProblem(token) {
        throw AccessError(Diagnostic(.noCredential, .error, "the token in MERLON_TOKEN \(problem)", at: nil))
      }
      return .token(Secret(token))
    }
    throw AccessError(
      Diagnostic(
        .noCredential, .error, "there is no token to show", at: nil,
        fix: "name its file with --token-file or in MERLON_TOKEN_FILE; `merlon token create` makes one"))
  }

  /// An empty value is none, as in the environment.
  private static func given(_ value: String?) -> String? { value.flatMap { $0.isEmpty ? nil : $0 } }

  /// Asks the control plane while a body runs. Writes what keeps it from being answered, and ends the command with that.
  nonisolated(nonsending) func asking<Answer: Sendable>(
    _ display: DisplayOptions, _ body: (ControlPlaneClient) async throws(ControlPlaneFailure) -> Answer
  ) async throws(ExitStatus) -> Answer {
    do throws(ControlPlaneFailure) {
      return try await asking(body)
    } catch {
      display.report(error.problems)
      throw error.status
    }
  }

  private nonisolated(nonsending) func asking<Answer: Sendable>(
    _ body: (ControlPlaneClient) async throws(ControlPlaneFailure) -> Answer
  ) async throws(ControlPlaneFailure) -> Answer {
    let access: ClusterAccess
    do throws(AccessError) {
      access = try self.access()
    } catch {
      throw ControlPlaneFailure(error.problems, .usage)
    }
    let result: Result<Answer, ControlPlaneFailure>
    do throws(APIError) {
      result = try await ClusterConnection.open(access, deadlines: ControlPlaneClient.deadlines) {
        (connection) async throws(APIError) -> Result<Answer, ControlPlaneFailure> in
        do throws(ControlPlaneFailure) {
          let client = ControlPlaneClient(APIClient(connection, connection), at: access.server)
          return .success(try await body(client))
        } catch {
          return .failure(error)
        }
      }
    } catch {
      throw ControlPlaneFailure(error, at: access.server)
    }
    return try result.get()
  }
}

extension Diagnostic.Code {
  /// Nothing says which control plane is to be asked.
  static let noControlPlane = Self(rawValue: "no-control-plane")
}
