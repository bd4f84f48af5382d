import Testing

@testable import KubernetesAPI

@Suite("URLs of API servers")
struct ServerURLTests {
  @Test(
    "scheme, host, port and path are read; query and fragment are dropped",
    arguments: [
      ("https://api", "https api:443 ", "https://api"),
      ("HTTPS://API.example.:6443/", "https api.example.:6443 ", "HTTPS://API.example.:6443/"),
      (
        "https://10.0.0.1:8443/k8s/c-1//?a=b#c", "https 10.0.0.1:8443 /k8s/c-1",
        "https://10.0.0.1:8443/k8s/c-1//"
      ),
      ("https://[fd00::1]", "https [fd00::1]:443 ", "https://[fd00::1]"),
      ("https://api:", "https api:443 ", "https://api:"),
      ("http://localhost:8001", "http localhost:8001 ", "http://localhost:8001"),
      ("http://127.9.9.9", "http 127.9.9.9:80 ", "http://127.9.9.9"),
      ("http://[::1]:1", "http [::1]:1 ", "http://[::1]:1"),
    ])
  func reading(text: String, parts: String, kept: String) throws {
    let url = try ServerURL(text)
    #expect("\(url.scheme) \(url.authority) \(url.pathPrefix)" == parts)
    #expect(url.description == kept)
  }

  @Test(
    "plain http is for this machine alone",
    arguments: [
      "http://api", "http://10.0.0.1", "http://localhost.example", "http://[::2]", "http://[fd00::1]",
      "http://0.0.0.0",
    ])
  func plainHTTP(text: String) {
    #expect(throws: URLProblem.self) { try ServerURL(text) }
  }

  @Test(
    "what is no URL of a server says why, and never with what may be a password",
    arguments: [
      ("", "is no URL"), ("api", "has no scheme"), ("api:6443", "has no scheme"), ("://api", "is no URL"),
      ("https://", "has no host"), ("https:///path", "has no host"), ("ftp://api", "has the scheme `ftp`"),
      ("https://me:pw@api", "has a user name or a password in it"),
      ("https://a pi", "has blanks or other characters that no URL has"),
      ("https://api:0", "has a port that is not 1 to 65535"),
      ("https://api:65536", "has a port that is not 1 to 65535"),
      ("https://api:+1", "has a port that is not 1 to 65535"),
      ("https://api:x", "has a port that is not 1 to 65535"),
      ("https://fd00::1", "has an IPv6 address without brackets"),
      ("https://[fd00::1", "has a `[` without a `]`"),
      ("https://[10.0.0.1]", "has something else than an IPv6 address in brackets"),
      ("https://[fd00::1]x", "has a port that is not 1 to 65535"),
      ("https://a%2Fb", "has a host that is no name or address"),
    ])
  func nonsense(text: String, problem: String) {
    let found = #expect(throws: URLProblem.self) { try ServerURL(text) }
    #expect(found?.message == problem)
  }
}

@Suite("Proxies")
struct ProxyServerTests {
  @Test("ports have the scheme's default")
  func ports() throws {
    #expect(try ProxyServer("http://proxy").port == 80)
    #expect(try ProxyServer("socks5://proxy").port == 1080)
    #expect(throws: URLProblem.self) { try ProxyServer("http://a%4:b@proxy") }
  }

  private func proxy(_ server: String, _ variables: [String: String]) throws -> String? {
    try ProxyServer.named(by: EnvironmentVariables(variables), for: ServerURL(server)).map {
      "\($0.scheme) \($0.host):\($0.port)"
    }
  }

  @Test("`HTTPS_PROXY` counts before its lower-case form, for https to other machines")
  func environment() throws {
    #expect(try proxy("https://api", [:]) == nil)
    #expect(try proxy("https://api", ["https_proxy": "http://low", "HTTPS_PROXY": "up:1"]) == "http up:1")
    #expect(try proxy("https://api", ["https_proxy": "socks5://low"]) == "socks5 low:1080")
    #expect(try proxy("https://localhost", ["HTTPS_PROXY": "up:1"]) == nil)
    #expect(try proxy("https://127.0.0.1", ["HTTPS_PROXY": "up:1"]) == nil)
    #expect(throws: AccessError.self) { try proxy("https://api", ["HTTPS_PROXY": "ftp://me:pw@up"]) }
  }

  @Test(
    "`NO_PROXY` names servers that are reached without one",
    arguments: [
      ("https://api.example", "*", true), ("https://api.example", "example", true),
      ("https://api.example", ".example", true), ("https://example", ".example", false),
      ("https://example", "example", true), ("https://api.example", "*.example", true),
      ("https://notexample", "example", false), ("https://api.example", "x, API.example ,y", true),
      ("https://api.example:6443", "api.example:6443", true),
      ("https://api.example", "api.example:6443", false),
      ("https://10.1.2.3", "10.0.0.0/8", true), ("https://11.1.2.3", "10.0.0.0/8", false),
      ("https://10.1.2.3", "10.1.2.3", true), ("https://10.1.2.3:6443", "10.1.2.3:6443", true),
      ("https://[fd00::1]", "fd00::/8", true), ("https://[fd00::1]:1", "[fd00::1]:1", true),
      ("https://api", ",,", false),
    ])
  func exceptions(server: String, list: String, isException: Bool) throws {
    #expect((try proxy(server, ["HTTPS_PROXY": "p", "NO_PROXY": list]) == nil) == isException)
  }
}
