internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore

/// What is known of a request besides what it says.
struct APIContext: RequestContext, RemoteAddressRequestContext {
  var coreContext: CoreRequestContextStorage
  let remoteAddress: SocketAddress?
  /// Who asks, when a token was shown.
  var token: APIToken?

  init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    remoteAddress = source.channel.remoteAddress
  }

  /// For the audit trail: `token 3 (ci)`.
  var actor: String { token.map { "token \($0.id) (\($0.name))" } ?? "nobody" }
}
