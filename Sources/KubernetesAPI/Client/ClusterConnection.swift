internal import Kubernetes

/// Requests to a cluster as configured, with the credential of the moment.
///
/// A client certificate is a matter of the connection: when a credential brings another one, new connections are made, and
/// what runs over the old ones goes on.
package actor ClusterConnection: APITransport, RequestAuthorizing {
  private let access: ClusterAccess
  private let credentials: CredentialSource
  private let deadlines: TransportDeadlines
  /// What the last request showed.
  private var shown: CurrentCredential?
  private var transport: (certificate: ClientCertificate?, http: HTTPTransport)?
  private var replaced: [HTTPTransport] = []

  private init(_ access: ClusterAccess, _ credentials: CredentialSource, _ deadlines: TransportDeadlines) {
    self.access = access
    self.credentials = credentials
    self.deadlines = deadlines
  }

  /// Connects while a body runs; then ends all connections.
  package nonisolated(nonsending) static func open<Result: Sendable>(
    _ access: ClusterAccess, credentials: CredentialSource? = nil,
    deadlines: TransportDeadlines = TransportDeadlines(),
    _ body: (ClusterConnection) async throws(APIError) -> Result
  ) async throws(APIError) -> Result {
    let connection = ClusterConnection(
      access, credentials ?? CredentialSource(access.credential), deadlines)
    do throws(APIError) {
      let result = try await body(connection)
      await connection.close()
      return result
    } catch {
      await connection.close()
      throw error
    }
  }

  private func close() async {
    for transport in replaced + [transport?.http].compactMap(\.self) { await transport.close() }
    replaced = []
    transport = nil
  }

  package func headers() async throws(APIError) -> [(name: String, value: String)] {
    do {
      let current = try await credentials.credentials()
      shown = current
      let own = current.authorization.map { [(name: "authorization", value: $0.revealed)] } ?? []
      return own + (access.impersonation?.headers ?? [])
    } catch let error as AccessError {
      throw .credentials(error)
    } catch {
      throw .transport(TransportError(.closed, "cancelled"))
    }
  }

  package func invalidate() async {
    if let shown { await credentials.invalidate(shown) }
  }

  package func send(_ request: APIRequest) async throws(TransportError) -> APIResponse {
    try await current().send(request)
  }

  private func current() throws(TransportError) -> HTTPTransport {
    let certificate = shown?.certificate
    if let transport {
      if transport.certificate == certificate { return transport.http }
      replaced.append(transport.http)
    }
    let http = try HTTPTransport(access, certificate, deadlines)
    transport = (certificate, http)
    return http
  }
}
