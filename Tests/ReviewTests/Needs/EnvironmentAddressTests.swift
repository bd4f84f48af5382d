import Testing

@testable import Review

@Suite("Addresses in variables")
struct EnvironmentAddressTests {
  @Test(
    "forms of addresses",
    arguments: [
      ("cart:7070", "cart:7070 shop/cart"),
      ("http://redis.shop.svc.cluster.local:6379/0", "redis.shop.svc.cluster.local:6379 shop/redis"),
      ("https://api.payments", "api.payments:443 payments/api"),
      ("postgres://user:secret@db/orders?sslmode=off", "db:5432 shop/db"),
      ("jdbc:postgresql://db.data.svc/orders", "db.data.svc:5432 data/db"),
      ("redis", "redis:- shop/redis"),
    ])
  func forms(value: String, expected: String) throws {
    let address = try #require(EnvironmentAddress.all(in: value).first)
    let name = try #require(address.serviceName(from: "shop"))
    #expect(
      "\(address.host):\(address.port.map { "\($0)" } ?? "-") \(name.namespace)/\(name.name)" == expected)
  }

  @Test("a list names several")
  func list() {
    #expect(EnvironmentAddress.all(in: "a:9092,b:9092").map(\.host) == ["a", "b"])
  }

  @Test(
    "what is no address",
    arguments: [
      "/var/run/x", "true false!", "a_b:80", "cart:http", "user@host", "cart:0", "[::1]:80", "cart/x",
    ])
  func others(value: String) {
    #expect(EnvironmentAddress.all(in: value).allSatisfy { !$0.isEvident })
  }
}
