/// One NetworkPolicy of a synthetic cluster: what can be written in its manifest and no more.
struct SyntheticPolicy {
  typealias Label = SyntheticCluster.Label
  typealias Transport = SyntheticCluster.Transport

  var namespace: String
  var name: String
  var subject: Selector
  /// Absent leaves the direction alone; empty closes it.
  var ingress: [Rule]?
  var egress: [Rule]?

  struct Selector {
    var labels: [Label] = []
    var expressions: [Expression] = []

    static let everything = Selector()

    static func label(_ key: String, _ value: String) -> Selector {
      Selector(labels: [Label(key, value)])
    }

    static func `where`(_ key: String, _ operation: Operation, _ values: [String] = []) -> Selector {
      Selector(expressions: [Expression(key: key, operation: operation, values: values)])
    }

    func and(_ other: Selector) -> Selector {
      Selector(labels: labels + other.labels, expressions: expressions + other.expressions)
    }
  }

  struct Expression {
    var key: String
    var operation: Operation
    var values: [String]
  }

  enum Operation: String {
    case isIn = "In"
    case isNotIn = "NotIn"
    case exists = "Exists"
    case doesNotExist = "DoesNotExist"
  }

  struct Rule {
    /// Empty is anyone.
    var peers: [Peer] = []
    /// Empty is every port.
    var ports: [Port] = []

    static let everything = Rule()
  }

  enum Peer {
    case pods(Selector)
    case namespaces(Selector)
    case podsInNamespaces(pods: Selector, namespaces: Selector)
    case block(String, except: [String])
  }

  enum Port {
    case named(String, Transport)
    case number(Int, Transport)
    case range(Int, Int, Transport)
  }
}

// MARK: - Manifest

extension SyntheticPolicy {
  var manifest: String {
    let types = (ingress == nil ? [] : ["Ingress"]) + (egress == nil ? [] : ["Egress"])
    var text = """
      ---
      apiVersion: networking.k8s.io/v1
      kind: NetworkPolicy
      metadata:
        name: \(name)
        namespace: \(namespace)
      spec:
        policyTypes: [\(types.joined(separator: ", "))]

      """
    append(subject, named: "podSelector", lead: "  ", column: 2, to: &text)
    append(ingress, named: "ingress", peers: "from", to: &text)
    append(egress, named: "egress", peers: "to", to: &text)
    return text
  }

  private func append(_ rules: [Rule]?, named name: String, peers: String, to text: inout String) {
    guard let rules, !rules.isEmpty else { return }
    text += "  \(name):\n"
    for rule in rules {
      var lead = "    - "
      if rule.peers.isEmpty && rule.ports.isEmpty {
        text += lead + "{}\n"
      }
      if !rule.peers.isEmpty {
        text += "\(lead)\(peers):\n"
        rule.peers.forEach { append($0, to: &text) }
        lead = "      "
      }
      if !rule.ports.isEmpty {
        text += "\(lead)ports:\n"
        rule.ports.forEach { append($0, to: &text) }
      }
    }
  }

  private func append(_ peer: Peer, to text: inout String) {
    let (lead, column) = ("        - ", 10)
    switch peer {
    case .pods(let pods):
      append(pods, named: "podSelector", lead: lead, column: column, to: &text)
    case .namespaces(let namespaces):
      append(namespaces, named: "namespaceSelector", lead: lead, column: column, to: &text)
    case .podsInNamespaces(let pods, let namespaces):
      append(namespaces, named: "namespaceSelector", lead: lead, column: column, to: &text)
      append(pods, named: "podSelector", lead: "          ", column: column, to: &text)
    case .block(let block, let except):
      text += "\(lead)ipBlock:\n            cidr: \"\(block)\"\n"
      if !except.isEmpty {
        text += "            except:\n"
        text += except.map { "              - \"\($0)\"\n" }.joined()
      }
    }
  }

  private func append(_ port: Port, to text: inout String) {
    let transport: Transport
    switch port {
    case .named(let name, let protocolOfName):
      text += "        - port: \(name)\n"
      transport = protocolOfName
    case .number(let number, let protocolOfNumber):
      text += "        - port: \(number)\n"
      transport = protocolOfNumber
    case .range(let first, let last, let protocolOfRange):
      text += "        - port: \(first)\n          endPort: \(last)\n"
      transport = protocolOfRange
    }
    text += "          protocol: \(transport.rawValue)\n"
  }

  /// `lead` starts the first line; `column` is where the selector's name stands.
  private func append(
    _ selector: Selector, named name: String, lead: String, column: Int, to text: inout String
  ) {
    guard !selector.labels.isEmpty || !selector.expressions.isEmpty else {
      text += "\(lead)\(name): {}\n"
      return
    }
    let indent = String(repeating: " ", count: column + 2)
    text += "\(lead)\(name):\n"
    if !selector.labels.isEmpty {
      text += "\(indent)matchLabels:\n"
      for label in selector.labels {
        text += "\(indent)  \(label.key): \(label.value.yamlScalar)\n"
      }
    }
    if !selector.expressions.isEmpty {
      text += "\(indent)matchExpressions:\n"
      for expression in selector.expressions {
        text += "\(indent)  - key: \(expression.key)\n"
        text += "\(indent)    operator: \(expression.operation.rawValue)\n"
        if !expression.values.isEmpty {
          let values = expression.values.map(\.yamlScalar).joined(separator: ", ")
          text += "\(indent)    values: [\(values)]\n"
        }
      }
    }
  }
}
