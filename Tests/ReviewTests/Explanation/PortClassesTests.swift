import Kubernetes
import PolicyEngine
import PolicyModel
import Testing

@testable import Review

@Suite("Ports that rules do not tell apart are one question")
struct PortClassesTests {
  private let location = SourceLocation(file: SourceFile(path: "p.yaml"), line: 1, column: 1)

  private func rule(_ ports: ClosedRange<UInt16>...) -> Traffic {
    .anyOf(ports.map { .ports(PortMatch(.tcp, .range($0), location: location)) })
  }

  private func classes(_ rules: [Traffic], named: Set<UInt16> = []) -> [String] {
    PortClasses(of: .tcp, rules: rules, named: named).classes.map(\.description)
  }

  @Test("without ports in rules there is one class")
  func none() {
    #expect(classes([]) == ["all ports"])
    #expect(classes([.any, .anyOf([.ports(PortMatch(.tcp, .all, location: location))])]) == ["all ports"])
    #expect(
      classes([.anyOf([.ports(PortMatch(.udp, .range(53...53), location: location))])]) == ["all ports"])
  }

  @Test("ports of one rule are one class, however many and however they overlap")
  func oneRule() {
    #expect(
      classes([rule(80...80, 443...443, 81...90, 85...86)])
        == ["1-79,91-442,444-65535", "80-90,443"])
    #expect(classes([rule(1...65535)]) == ["all ports"])
    #expect(classes([rule(1...1, 65535...65535)]) == ["1,65535", "2-65534"])
  }

  @Test("ports of two rules are told apart, and those of both")
  func twoRules() {
    #expect(
      classes([rule(10...20), rule(15...30)]) == ["1-9,31-65535", "10-14", "15-20", "21-30"])
  }

  @Test("numbers behind port names are classes where rules name ports")
  func names() {
    let named = Traffic.anyOf([.ports(PortMatch(.tcp, .named("http"), location: location))])
    #expect(classes([named], named: [80, 81]) == ["1-79,82-65535", "80", "81"])
    #expect(classes([rule(80...80)], named: [8080]) == ["1-79,81-65535", "80"])
  }

  @Test("a rule with 30,000 ports makes as many questions as a rule with one")
  func manyPorts() throws {
    let ports = stride(from: 1, to: 60_000, by: 2).map { "{port: \($0)}" }.joined(separator: ", ")
    let fixture = ClusterFixture.web(policy("shop/db", "podSelector: {}, ingress: [{ports: [\(ports)]}]"))
    let parser = FlowParser(fixture.cluster.world)
    let questions = Explanation.questions(
      fixture.evaluator, from: try parser.end("shop/web"), to: try parser.end("shop/db"))
    #expect(questions.map(\.0) == [.tcp, .tcp, .udp, .sctp])
    #expect(questions.first?.1.ranges.count == 30_000)
  }

  @Test("every port of a question has the answer of its first, for random clusters", arguments: 0..<30)
  func random(seed: UInt64) throws {
    let fixture = ClusterFixture(RandomCluster(seed: seed).documents)
    let evaluator = fixture.evaluator
    let parser = FlowParser(fixture.cluster.world)
    let ends = try ConnectivityReport(fixture.cluster).names.map { try parser.end($0) }
    for (source, destination) in ends.flatMap({ source in ends.map { (source, $0) } }) {
      for (transport, ports) in Explanation.questions(evaluator, from: source, to: destination) {
        let sample = [1, 52, 53, 54, 79, 80, 81, 442, 443, 444, 8079, 8080, 8081, 65535].filter(
          ports.contains)
        let answers = sample.map { port in
          let verdict = evaluator.verdict(Flow(from: source, to: destination, .port(transport, port)))
          return [verdict.outcome, verdict.egress, verdict.ingress]
        }
        #expect(Set(answers).count == 1)
      }
    }
  }
}
