internal import Kubernetes
internal import PolicyModel

extension Intent {
  /// Swift source that declares the intent, as a file that imports `Merlon`, formatted as swift-format does by default.
  ///
  /// - Parameter name: of the constant.
  public func swiftSource(named name: String = "intent") -> String {
    var lines = SwiftLines()
    lines.add("import Merlon\n\nlet \(name) = Intent {")
    for namespace in namespaces.sorted(by: { $0.name < $1.name }) {
      lines.add(statement: namespace.swift, at: 2)
    }
    for policy in policies {
      if policy.rules.isEmpty {
        lines.add(statement: policy.swift, at: 2)
        continue
      }
      lines.add(headOf: policy.swift, at: 2)
      for rule in policy.rules { lines.add(statement: rule.swift, at: 4) }
      lines.startLine(2)
      lines.add("}")
    }
    lines.startLine(0)
    lines.add("}")
    return lines.text
  }
}

extension String {
  /// As a literal.
  fileprivate var quoted: String {
    var text = "\""
    for scalar in unicodeScalars {
      switch scalar {
      case "\"", "\\": text += "\\\(scalar)"
      case "\u{0}"..<"\u{20}", "\u{7F}"..."\u{9F}": text += "\\u{\(String(scalar.value, radix: 16))}"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }

  fileprivate var swift: SwiftExpression { .text(quoted) }
}

extension [String] {
  fileprivate var swift: SwiftExpression { .collection(map { (nil, $0.swift) }) }
}

extension [String: String] {
  fileprivate var swift: SwiftExpression {
    .collection(sorted { $0.key < $1.key }.map { ($0.key.quoted, $0.value.swift) })
  }
}

extension KnownNamespace {
  fileprivate var swift: SwiftExpression {
    .call("KnownNamespace", [(nil, name.swift)] + (labels.isEmpty ? [] : [("labels", labels.swift)]))
  }
}

extension Policy {
  /// The policy without its rules.
  fileprivate var swift: SwiftExpression {
    var arguments: [SwiftExpression.Element] = [(nil, name.swift), ("for", subject.swift)]
    if stage == .normal, isolated != Set(rules.map(\.direction)) || rules.isEmpty {
      arguments.append(("isolating", .text(isolating.map(\.swift) ?? "[]")))
    }
    switch stage {
    case .normal: break
    case .admin(let priority): arguments.append(("stage", .text(".admin(priority: \(priority))")))
    case .baseline(let priority): arguments.append(("stage", .text(".baseline(priority: \(priority))")))
    }
    return .call("Policy", arguments)
  }
}

extension Directions {
  fileprivate var swift: String {
    switch self {
    case .both: ".both"
    case .ingress: ".ingress"
    case .egress: ".egress"
    default: "[]"
    }
  }
}

extension Rule {
  fileprivate var swift: SwiftExpression {
    var arguments: [SwiftExpression.Element] = peers.map { (nil, $0.swift) }
    if let ports, !ports.isAny { arguments.append(("ports", ports.swift)) }
    let call = SwiftExpression.call(direction == .ingress ? "from" : "to", arguments)
    switch action {
    case .deny: return .call("deny", [(nil, call)])
    case .pass: return .call("pass", [(nil, call)])
    case .allow, .log: return call
    }
  }
}

extension Pods {
  fileprivate var swift: SwiftExpression {
    if selector.requirements.isEmpty, serviceAccount == nil {
      return .call("Pods.all", [("in", namespaces.swift)])
    }
    let account = serviceAccount.map { [("serviceAccount", $0.swift)] } ?? []
    return .call("Pods", [(nil, selector.swift), ("in", namespaces.swift)] + account)
  }
}

extension Namespaces {
  fileprivate var swift: SwiftExpression {
    switch self {
    case .all: .text(".all")
    case .named(let names): names.count == 1 ? names[0].swift : names.swift
    case .labelled(let selector): .call(".labelled", [(nil, selector.swift)])
    }
  }
}

extension Selector {
  fileprivate var swift: SwiftExpression {
    let labels = requiredLabels
    let others = requirements.filter { if case .isIn(_, let values) = $0 { values.count != 1 } else { true } }
    if labels.isEmpty, others.isEmpty { return .text(".everything") }
    if labels.isEmpty, others.count == 1 { return others[0].swift("") }
    if others.isEmpty { return labels.swift }
    // Operators need the type of what begins with a dot.
    let parts = others.enumerated().map { $1.swift(labels.isEmpty && $0 == 0 ? "Selector" : "") }
    return .allOf((labels.isEmpty ? [] : [labels.swift]) + parts)
  }
}

extension Selector.Requirement {
  /// - Parameter type: what stands before the dot.
  fileprivate func swift(_ type: String) -> SwiftExpression {
    switch self {
    case .isIn(let key, let values): .call("\(type).in", [(nil, key.swift), (nil, values.swift)])
    case .isNotIn(let key, let values): .call("\(type).notIn", [(nil, key.swift), (nil, values.swift)])
    case .exists(let key): .call("\(type).exists", [(nil, key.swift)])
    case .doesNotExist(let key): .call("\(type).absent", [(nil, key.swift)])
    }
  }
}

extension Peer {
  fileprivate var swift: SwiftExpression {
    switch kind {
    case .pods(let pods): .call(".pods", [(nil, pods.swift)])
    case .block(let block, let holes):
      .call(".cidr", [(nil, block.swift)] + (holes.isEmpty ? [] : [("except", holes.swift)]))
    case .anyone: .text(".anyone")
    case .outside: .text(".world")
    case .nodes(let selector):
      selector.requirements.isEmpty ? .text(".nodes") : .call(".nodes", [(nil, selector.swift)])
    case .ownNode: .text(".host")
    case .apiServer: .text(".apiServer")
    case .clusterDNS: .text(".clusterDNS")
    case .domain(let name): .call(".domain", [(nil, name.swift)])
    case .entity(let name): .call(".entity", [(nil, name.swift)])
    }
  }
}

extension PortSet {
  fileprivate var swift: SwiftExpression {
    if isAny { return .text(".any") }
    let parts = entries.map(\.swift).sorted()
    return parts.count == 1 ? .text(parts[0]) : .collection(parts.map { (nil, .text($0)) })
  }
}

extension PortSet.Entry {
  fileprivate var swift: String {
    switch self {
    case .range(let transport, let first, let last):
      first == last
        ? ".\(transport.rawValue)(\(first))" : ".\(transport.rawValue)(from: \(first), to: \(last))"
    case .all(let transport): ".all(.\(transport.rawValue))"
    case .named(let name, let transport):
      transport == .tcp ? ".named(\(name.quoted))" : ".named(\(name.quoted), .\(transport.rawValue))"
    case .icmp(let family, nil, _): family == .ipv4 ? ".icmp" : ".icmpv6"
    case .icmp(let family, let type?, let code):
      "\(family == .ipv4 ? ".icmp" : ".icmpv6")(type: \(type)\(code.map { ", code: \($0)" } ?? ""))"
    case .other(let number): ".ipProtocol(\(number))"
    }
  }
}
