internal import HTTPTypes
internal import Hummingbird
internal import KubernetesAPI
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

  /// What stands in the path for a parameter. Clients may write any of it as `%3A`, and many do of addresses.
  func parameter(_ name: String) throws -> String {
    let text = try parameters.require(name)
    return text.percentDecoded ?? text
  }
}
