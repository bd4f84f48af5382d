import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Testing

@testable import ControlPlane

@Suite("parameters of paths")
struct PathParameterTests {
  @Test(
    "clients may write any character as %XX",
    arguments: [
      ("fd00::1", 200), ("fd00%3A%3A1", 200), ("10.0.0.7", 200), ("%31%30.0.0.7", 200), ("fd00%3A%3", 400),
      ("%FF", 400), ("10.0.0.7%2F8", 400),
    ])
  func encoding(_ address: String, _ status: Int) async throws {
    let folder = try StoreFolder()
    let clock = LiveClock.system()
    let store = try folder.open()
    let made = try await store.createToken(
      named: "me", role: .read, expiresAt: nil, by: "test", at: clock.now)
    let plane = ControlPlane(store: store, resolver: IdentityResolver(clock: clock), clock: clock)
    let routes = Routes(plane: plane, counters: Counters()) { true }
    try await Application(router: routes.router()).test(.router) { client in
      let answer = try await client.executeRequest(
        uri: "/api/v1/whois/\(address)", method: .get,
        headers: [.authorization: "Bearer \(made.text.revealed)"], body: nil)
      #expect(answer.status.code == status)
    }
  }
}
