import Kubernetes
import PolicyModel
import Testing

@Suite("Traffic of rules")
struct TrafficTests {
  private static let place = SourceLocation(file: SourceFile(path: "p.yaml"), line: 1, column: 1)

  private func ports(_ ports: PortMatch.Ports, except exceptions: PortMatch.Ports...) -> PortMatch {
    PortMatch(.tcp, ports, except: exceptions, location: Self.place)
  }

  private func numbers(_ match: PortMatch) -> String {
    match.numbers { $0 == "http" ? PortSet(8080) : .none }.description
  }

  @Test("exceptions are left out of ports, names by their numbers")
  func exceptions() {
    #expect(numbers(ports(.all)) == "all ports")
    #expect(numbers(ports(.range(80...90), except: .range(85...85))) == "80-84,86-90")
    #expect(numbers(ports(.all, except: .range(1...79), .range(81...65535))) == "80")
    #expect(numbers(ports(.range(8000...9000), except: .named("http"))) == "8000-8079,8081-9000")
    #expect(numbers(ports(.range(8000...9000), except: .named("nobody"))) == "8000-9000")
    #expect(numbers(ports(.named("http"), except: .named("http"))) == "no port")
    #expect(numbers(ports(.named("http"), except: .all)) == "no port")
  }

  @Test("names are those of ports and of exceptions")
  func names() {
    #expect(ports(.named("a"), except: .range(1...2), .named("b")).names == ["a", "b"])
    #expect(Traffic.anyOf([.ports(ports(.all, except: .named("b")))]).namesPorts)
    #expect(!Traffic.anyOf([.ports(ports(.all))]).namesPorts)
    #expect(!Traffic.any.namesPorts)
  }

  @Test("text of ports and of messages")
  func text() {
    #expect(ports(.range(80...80)).description == "TCP 80")
    #expect(ports(.all, except: .range(22...22), .named("b")).description == "TCP all ports except 22, b")
    func icmp(
      _ family: AddressFamily, _ type: UInt8? = nil, _ code: UInt8? = nil, isNegated: Bool = false
    ) -> String {
      ICMPMatch(family, type: type, code: code, isNegated: isNegated, location: Self.place).description
    }
    #expect(icmp(.ipv4) == "ICMP")
    #expect(icmp(.ipv6, 128) == "ICMPv6 type 128")
    #expect(icmp(.ipv4, 3, 4) == "ICMP type 3 code 4")
    #expect(icmp(.ipv4, 8, 0, isNegated: true) == "ICMP but type 8 code 0")
    #expect(icmp(.ipv6, isNegated: true) == "no ICMPv6")
  }

  @Test("other protocols are without TCP, UDP and SCTP, and named by what is shorter")
  func otherProtocols() {
    func only(_ numbers: UInt8...) -> OtherProtocols { OtherProtocols(Set(numbers), location: Self.place) }
    func but(_ numbers: UInt8...) -> OtherProtocols {
      OtherProtocols(except: Set(numbers), location: Self.place)
    }
    #expect(only(6, 17, 132, 47).numbers == [47])
    #expect(only(47).description == "protocol 47")
    #expect(only(47, 4).description == "protocols 4, 47")
    #expect(but().description == "other protocols")
    #expect(but(6).description == "other protocols")
    #expect(but(1, 58).description == "other protocols but 1, 58")
    #expect(!but(1).numbers.contains(1) && but(1).numbers.contains(0) && but(1).numbers.contains(255))
  }

  @Test("a pattern's example is a name of it, and of no name or narrower pattern")
  func examples() throws {
    func pattern(_ text: String) throws -> DomainPattern {
      try #require(DomainPattern(networkPolicyAPI: text))
    }
    let narrower = ["x.example.com", "x.x.example.com", "*.x.example.com", "example.com."]
    let wide = try pattern("*.example.com")
    #expect(wide.matches(wide.example))
    for text in narrower {
      let own = try pattern(text)
      #expect(own.matches(own.example))
      #expect(!own.matches(wide.example), "\(wide.example) in \(text)")
    }
  }
}
