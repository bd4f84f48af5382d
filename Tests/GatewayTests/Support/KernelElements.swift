import Gateway
import Nftables

/// The elements that a kernel has, changed as it changes them by commands for `nft -f`.
struct KernelElements {
  /// With each set or map, what its keys have; `-` in sets.
  private(set) var content: [String: [String: String]] = [:]
  private(set) var problems: [String] = []
  private var maps: Set<String> = []

  init(_ gateway: Gateway) {
    let program = gateway.program
    for set in program.sets { fill(set.name.text, set.elements.map(\.text)) }
    for map in program.maps { fill(map.name.text, map.elements.map(\.text)) }
    for map in program.markMaps { fill(map.name.text, map.elements.map(\.text)) }
    maps = Set(program.maps.map(\.name.text) + program.markMaps.map(\.name.text))
  }

  private mutating func fill(_ name: String, _ elements: [String]) {
    content[name] = Dictionary(elements.map(Self.parts), uniquingKeysWith: { first, _ in first })
  }

  /// Does all of an update, in the order in which it is to be done.
  mutating func apply(_ update: GatewayUpdate) {
    if update.structure == nil, !update.preparation.isEmpty { problems.append("a preparation of nothing") }
    if update.structure != nil, !update.elements.isEmpty { problems.append("elements beside a structure") }
    for command in update.preparation { prepare(command) }
    for command in update.structure?.commands ?? [] { apply(command) }
    for command in update.elements { apply(command.text) }
  }

  private mutating func prepare(_ command: ElementCommand) {
    guard case .map(let element, _) = command else {
      problems.append("a preparation takes something away: \(command.text)")
      return
    }
    // Marks that have a chain, as they are in the map of chains.
    let mark = element.text.split(separator: " ").last.map(String.init) ?? ""
    if content[GatewayTable.classes.text]?[mark] != nil { problems.append("\(command.text) has a meaning") }
    apply(command.text)
  }

  private mutating func apply(_ command: String) {
    let words = command.split(separator: " ", maxSplits: 5).map(String.init)
    guard words.count > 4 else { return }
    let (verb, kind, name) = (words[0], words[1], words[4])
    switch (verb, kind) {
    case ("add", "set"), ("add", "map"): content[name] = [:]
    case ("delete", "set"), ("delete", "map"): content[name] = nil
    case ("add", "element"): for element in Self.elements(words[5]) { add(element, to: name) }
    case ("delete", "element"): for key in Self.elements(words[5]) { remove(key, from: name) }
    case (_, "element"), ("flush", "set"), ("flush", "map"): problems.append("unknown: \(command)")
    default: break
    }
  }

  private mutating func add(_ element: String, to name: String) {
    let (key, value) = Self.parts(element)
    if content[name] == nil { problems.append("there is no \(name)") }
    if maps.contains(name), content[name]?[key] != nil { problems.append("\(key) is in \(name) already") }
    content[name]?[key] = value
  }

  private mutating func remove(_ key: String, from name: String) {
    if content[name]?.removeValue(forKey: key) == nil { problems.append("\(key) is not in \(name)") }
  }

  /// `{ a, b }`
  private static func elements(_ list: String) -> [String] {
    list.dropFirst(2).dropLast(2).split(separator: ", ").map(String.init)
  }

  /// `10.0.0.1 : goto x`, `ipv4 timeout 300s`
  private static func parts(_ element: String) -> (key: String, value: String) {
    if let range = element.firstRange(of: " : ") {
      return (String(element[..<range.lowerBound]), String(element[range.upperBound...]))
    }
    let key = element.firstRange(of: " timeout ").map { element[..<$0.lowerBound] } ?? element[...]
    return (String(key), "-")
  }
}
