internal import Kubernetes
internal import PolicyModel

extension Intent {
  /// Swift source that declares the intent, as a file that imports `Merlon`.
  ///
  /// - Parameter name: of the constant.
  public func swiftSource(named name: String = "intent") -> String {
    var lines = ["import Merlon", "", "let \(name) = Intent {"]
    for namespace in namespaces.sorted(by: { $0.name < $1.name }) {
      let labels = namespace.labels.isEmpty ? "" : ", labels: \(Selector(namespace.labels).swift)"
      lines.append("  KnownNamespace(\(namespace.name.swift)\(labels))")
    }
    for policy in policies { lines += policy.swift.map { "  " + $0 } }
    return (lines + ["}"]).joined(separator: "\n") + "\n"
  }
}

extension String {
  /// As a literal.
  fileprivate var swift: String {
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
}

extension [String] {
  fileprivate var swift: String { "[\(map(\.swift).joined(separator: ", "))]" }
}

extension Policy {
  fileprivate var swift: [String] {
    var head = "Policy(\(name.swift), for: \(subject.swift)"
    if stage == .normal, isolated != Set(rules.map(\.direction)) || rules.isEmpty {
      head += ", isolating: \(isolating.map(\.swift) ?? "[]")"
    }
    switch stage {
    case .normal: break
    case .admin(let priority): head += ", stage: .admin(priority: \(priority))"
    case .baseline(let priority): head += ", stage: .baseline(priority: \(priority))"
    }
    if rules.isEmpty { return [head + ")"] }
    return [head + ") {"] + rules.map { "  \($0.swift)" } + ["}"]
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
  fileprivate var swift: String {
    let ports = self.ports.map { $0.isAny ? "" : ", ports: \($0.swift)" } ?? ""
    let call =
      "\(direction == .ingress ? "from" : "to")(\(peers.map(\.swift).joined(separator: ", "))\(ports))"
    switch action {
    case .deny: return "deny(\(call))"
    case .pass: return "pass(\(call))"
    case .allow, .log: return call
    }
  }
}

extension Pods {
  fileprivate var swift: String {
    let account = serviceAccount.map { ", serviceAccount: \($0.swift)" } ?? ""
    if selector.requirements.isEmpty, account.isEmpty { return "Pods.all(in: \(namespaces.swift))" }
    return "Pods(\(selector.swift), in: \(namespaces.swift)\(account))"
  }
}

extension Namespaces {
  fileprivate var swift: String {
    switch self {
    case .all: ".all"
    case .named(let names): names.count == 1 ? names[0].swift : names.swift
    case .labelled(let selector): ".labelled(\(selector.swift))"
    }
  }
}

extension Selector {
  fileprivate var swift: String {
    let labels = requiredLabels.sorted { $0.key < $1.key }.map { "\($0.key.swift): \($0.value.swift)" }
    var parts = labels.isEmpty ? [] : ["[\(labels.joined(separator: ", "))]"]
    for requirement in requirements {
      switch requirement {
      case .isIn(_, let values) where values.count == 1: continue
      case .isIn(let key, let values): parts.append(".in(\(key.swift), \(values.swift))")
      case .isNotIn(let key, let values): parts.append(".notIn(\(key.swift), \(values.swift))")
      case .exists(let key): parts.append(".exists(\(key.swift))")
      case .doesNotExist(let key): parts.append(".absent(\(key.swift))")
      }
    }
    // Operators need the type of what begins with a dot.
    if let first = parts.first, first.hasPrefix("."), parts.count > 1 { parts[0] = "Selector" + first }
    return parts.isEmpty ? ".everything" : parts.joined(separator: " && ")
  }
}

extension Peer {
  fileprivate var swift: String {
    switch kind {
    case .pods(let pods): ".pods(\(pods.swift))"
    case .block(let block, let holes):
      ".cidr(\(block.swift)\(holes.isEmpty ? "" : ", except: \(holes.swift)"))"
    case .anyone: ".anyone"
    case .outside: ".world"
    case .nodes(let selector): selector.requirements.isEmpty ? ".nodes" : ".nodes(\(selector.swift))"
    case .ownNode: ".host"
    case .apiServer: ".apiServer"
    case .clusterDNS: ".clusterDNS"
    case .domain(let name): ".domain(\(name.swift))"
    case .entity(let name): ".entity(\(name.swift))"
    }
  }
}

extension PortSet {
  fileprivate var swift: String {
    if isAny { return ".any" }
    let parts = entries.map(\.swift).sorted()
    return parts.count == 1 ? parts[0] : "[\(parts.joined(separator: ", "))]"
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
      transport == .tcp ? ".named(\(name.swift))" : ".named(\(name.swift), .\(transport.rawValue))"
    case .icmp(let family, nil, _): family == .ipv4 ? ".icmp" : ".icmpv6"
    case .icmp(let family, let type?, let code):
      "\(family == .ipv4 ? ".icmp" : ".icmpv6")(type: \(type)\(code.map { ", code: \($0)" } ?? ""))"
    case .other(let number): ".ipProtocol(\(number))"
    }
  }
}
