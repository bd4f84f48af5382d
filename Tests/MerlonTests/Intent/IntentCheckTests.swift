import Merlon
import Testing

@Suite("What an intent cannot mean")
struct IntentCheckTests {
  private static let web = Shop.web
  private static let db = Shop.db

  static let mistakes = [
    Mistake("port 0", "a port is 1 to 65535, not 0") { Policy("p", for: web) { to(db, ports: .tcp(0)) } },
    Mistake("reversed range", "the range 90 to 80 is empty") {
      Policy("p", for: web) { to(db, ports: .tcp(from: 90, to: 80)) }
    },
    Mistake("no port", "the set of ports is empty") { Policy("p", for: web) { to(db, ports: []) } },
    Mistake("port name", "the port name `HTTP` must consist of lower-case letters") {
      Policy("p", for: web) { to(db, ports: .named("HTTP")) }
    },
    Mistake("TCP by number", "protocol 6 is TCP, which has ports") {
      Policy("p", for: web) { to(db, ports: .ipProtocol(6)) }
    },
    Mistake("label key", "the label key `a b` must consist of") {
      Policy("p", for: Pods(["a b": "x"], in: "shop"), isolating: .both)
    },
    Mistake("label value", "must have at most 63 characters") {
      Policy("p", for: Pods(["a": String(repeating: "x", count: 64)], in: "shop"), isolating: .both)
    },
    Mistake("two values", "nothing has two values of the label `app`") {
      Policy("p", for: Pods(["app": "a", "app": "b"], in: "shop"), isolating: .both)
    },
    Mistake("no value", "no value of the label `app` is given") {
      Policy("p", for: Pods(.in("app", []), in: "shop"), isolating: .both)
    },
    Mistake("namespace", "the namespace name `Shop` must consist of") {
      Policy("p", for: Pods(["a": "b"], in: "Shop"), isolating: .both)
    },
    Mistake("namespaces by no label", "namespaces by no label are all of them") {
      Policy("p", for: Pods(["a": "b"], in: .labelled(.everything)), isolating: .both)
    },
    Mistake("policy name", "the policy name `P 1` must consist of") {
      Policy("P 1", for: web, isolating: .both)
    },
    Mistake("one name twice", "two policies of namespace shop are called p") {
      Policy("p", for: web, isolating: .both)
      Policy("p", for: db, isolating: .both)
    },
    Mistake("one workload twice", "the workload shop/web is declared twice, and differently") {
      web
      Workload("web", in: "shop", labels: ["app": "other"])
    },
    Mistake("a workload without labels", "have no labels") { Workload("x", in: "shop", labels: [:]) },
    Mistake("domain as source", "nobody connects from a domain name") {
      Policy("p", for: web) { from(.domain("api.example.com")) }
    },
    Mistake("domain denied", "names can only be allowed") {
      Policy("p", for: web) { deny(to(.domain("api.example.com"))) }
    },
    Mistake("domain pattern", "`*.com` is no domain name") { Policy("p", for: web) { to(.domain("*.com")) } },
    Mistake("pass without an order", "pass has a meaning in the stages") {
      Policy("p", for: web) { pass(to(db)) }
    },
    Mistake("priority", "must be 0 to 1000, not 2000") {
      Policy("p", for: web, stage: .admin(priority: 2000)) { deny(from(db)) }
    },
    Mistake("isolation without an end", "closes nothing by itself") {
      Policy("p", for: web, isolating: .both, stage: .baseline(priority: 1)) { deny(from(db)) }
    },
    Mistake("pod CIDR", "`10.0.0.1` in podCIDRs is no block of addresses") {
      Policy("p", for: web, isolating: .both)
    },
  ]

  @Test("each mistake is an error with its place and what to do", arguments: mistakes)
  func mistake(_ mistake: Mistake) throws {
    if mistake.name == "pod CIDR" {
      var intent = mistake.intent
      intent.cluster.podCIDRs = ["10.0.0.1"]
      #expect(
        intent.check().map(\.message) == [
          "`10.0.0.1` in podCIDRs is no block of addresses, such as 10.0.0.0/8"
        ])
      return
    }
    try mistake.check()
  }

  @Test("all mistakes of an intent are reported at once, in the order of their places")
  func allAtOnce() throws {
    let intent = Intent {
      Policy("a", for: Self.web)
      Policy("b", for: Self.web) { to(.cidr("x"), ports: .tcp(0)) }
    }
    let codes = intent.check().map(\.code)
    #expect(codes == ["no-effect", "invalid-value", "invalid-value"])
    let lines = intent.check().compactMap { $0.location?.split(separator: ":").last.flatMap { UInt($0) } }
    #expect(lines == lines.sorted() && lines.count == 3)
  }

  static let warnings: [(String, String, Intent)] = [
    (
      "shared-labels", "is true of shop/job, too",
      Intent {
        web
        Workload("job", in: "shop", labels: ["app": "web", "kind": "job"])
        Policy("p", for: db, isolating: .ingress)
      }
    ),
    (
      "hidden-rule", "allows everything, so this one changes nothing",
      Intent {
        Policy("p", for: web) {
          from(.anyone)
          from(db, ports: .tcp(1))
        }
      }
    ),
    (
      "unknown-port-name", "shop/web declares no port `metrics`",
      Intent {
        web
        Policy("p", for: web) { from(db, ports: .named("metrics")) }
      }
    ),
  ]

  @Test("what is probably not meant is a warning", arguments: warnings)
  func warning(_ code: String, _ message: String, _ intent: Intent) throws {
    let found = intent.check()
    #expect(
      found.contains { $0.code == code && $0.message.contains(message) && $0.severity == .warning },
      "\(found)")
    #expect(!found.contains { $0.severity == .error })
  }
}
