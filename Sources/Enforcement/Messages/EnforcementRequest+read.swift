internal import Gateway
internal import Kubernetes
internal import SourceGroups

/// What is wrong with a request. Nothing was done.
package struct UnreadableRequest: Error, Sendable, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}

extension EnforcementRequest {
  /// Reads a line. Everything in it is checked: who sends it may be compromised.
  package init(line: [UInt8]) throws(UnreadableRequest) {
    let root: Node
    do throws(DocumentError) {
      root = try Document.json(line, file: SourceFile(path: "request")).root
    } catch {
      throw UnreadableRequest("the request is not JSON: \(error.message) at \(error.line):\(error.column)")
    }
    if root.hasDuplicateKeys { throw UnreadableRequest("the request has a key twice") }
    switch try root.word("kind") {
    case "state": self = .state(try EnforcedState(root))
    case "delta": self = .delta(try EnforcedDelta(root))
    case "fresh": self = .fresh(try FreshnessReport(root))
    case "judge": self = .judge(name: try root.word("name"), source: try root.address("source"))
    case "admit":
      var addresses: [(IPAddress, Duration)] = []
      for entry in try root.list("addresses") {
        addresses.append((try entry.address("address"), .milliseconds(try entry.number("milliseconds"))))
      }
      self = .admit(name: try root.word("name"), source: try root.address("source"), addresses: addresses)
    case "status": self = .status
    case "counters": self = .counters
    case "denied": self = .denied(after: UInt64(try root.number("after")))
    case "flows": self = .flows
    case let kind: throw UnreadableRequest("there is no request `\(kind)`")
    }
  }
}

extension EnforcedState {
  fileprivate init(_ root: Node) throws(UnreadableRequest) {
    id = try root.id("id")
    guard let content = root["content"] else { throw UnreadableRequest("`content` is missing") }
    let text = try content.word("policy")
    let reading = SourceGroupPolicy.read(ManifestText(path: "policy", text))
    guard let policy = reading.policy else {
      let problems = reading.diagnostics.filter { $0.severity == .error }.map(\.message)
      throw UnreadableRequest("the policy is wrong: \(problems.joined(separator: "; "))")
    }
    self.policy = policy
    var identities: [SourceKey: SourceIdentities] = [:]
    for entry in try content.list("sources") {
      guard let status = try entry.status() else { throw UnreadableRequest("a source has no `state`") }
      let key = try entry.sourceKey()
      guard
        identities.updateValue(SourceIdentities(status, try entry.addresses("addresses")), forKey: key) == nil
      else { throw UnreadableRequest("source \(key.source) of group \(key.group) comes twice") }
    }
    self.identities = identities
  }
}

extension EnforcedDelta {
  fileprivate init(_ root: Node) throws(UnreadableRequest) {
    since = try root.id("since")
    id = try root.id("id")
    guard let content = root["content"] else { throw UnreadableRequest("`content` is missing") }
    var changes: [SourceChange] = []
    for entry in try content.list("sources") {
      changes.append(
        SourceChange(
          try entry.sourceKey(), status: try entry.status(),
          joined: entry["joined"] == nil ? [] : try entry.addresses("joined"),
          left: entry["left"] == nil ? [] : try entry.addresses("left")))
    }
    self.changes = changes
    age = root["microseconds"] == nil ? nil : .microseconds(try root.number("microseconds"))
  }
}

extension FreshnessReport {
  fileprivate init(_ root: Node) throws(UnreadableRequest) {
    id = try root.id("id")
    var proofs: [Proof] = []
    for entry in try root.list("proofs") {
      guard let kind = ObservedKind(rawValue: try entry.word("kind")) else {
        throw UnreadableRequest("`\(try entry.word("kind"))` is no kind that is observed")
      }
      proofs.append(
        Proof(
          integration: try entry.word("integration"), kind: kind,
          age: .milliseconds(try entry.number("milliseconds"))))
    }
    self.proofs = proofs
  }
}

extension Node {
  fileprivate func word(_ field: StaticString) throws(UnreadableRequest) -> String {
    guard let node = self[field], node.content == .scalar, !node.text.isEmpty else {
      throw UnreadableRequest("`\(field)` is missing, or no text")
    }
    return node.text
  }

  fileprivate func list(_ field: StaticString) throws(UnreadableRequest) -> [Node] {
    guard let node = self[field], node.content == .sequence else {
      throw UnreadableRequest("`\(field)` is missing, or no list")
    }
    return node.elements
  }

  /// A number that is not negative.
  fileprivate func number(_ field: StaticString) throws(UnreadableRequest) -> Int {
    guard let node = self[field], let number = Int(node.text), number >= 0, number <= 1 << 53 else {
      throw UnreadableRequest("`\(field)` is missing, or no number from 0 on")
    }
    return number
  }

  fileprivate func address(_ field: StaticString) throws(UnreadableRequest) -> IPAddress {
    let text = try word(field)
    guard let address = IPAddress(text) else { throw UnreadableRequest("`\(field)`: \(text) is no address") }
    return address
  }

  fileprivate func addresses(_ field: StaticString) throws(UnreadableRequest) -> [IPAddress] {
    var addresses: [IPAddress] = []
    for node in try list(field) {
      guard let address = IPAddress(node.text) else {
        throw UnreadableRequest("`\(field)`: \(node.text) is no address")
      }
      addresses.append(address)
    }
    return addresses
  }

  fileprivate func id(_ field: StaticString) throws(UnreadableRequest) -> StateID {
    let text = try word(field)
    guard let id = StateID(text) else {
      throw UnreadableRequest("`\(field)`: \(text) is no state of a control plane")
    }
    return id
  }

  fileprivate func sourceKey() throws(UnreadableRequest) -> SourceKey {
    SourceKey(group: try word("group"), source: try number("source"))
  }

  /// Nil where nothing is said.
  fileprivate func status() throws(UnreadableRequest) -> SourceStatus? {
    guard let node = self["state"] else { return nil }
    guard let state = SourceState(rawValue: node.text) else {
      throw UnreadableRequest("`state`: \(node.text) is no state of a source")
    }
    return SourceStatus(state, isUnresolved: self["unresolved"]?.hasText("true") ?? false)
  }
}
