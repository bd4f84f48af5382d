internal import Kubernetes
internal import PolicyModel

/// The ports of one protocol in classes that rules do not tell apart: a rule matches all ports of a class or none.
///
/// How many classes there are follows from the rules and not from how many ports they list: one rule makes two.
struct PortClasses {
  /// Disjoint, together every port; in the order of their lowest ports.
  let classes: [PortSet]

  /// O(n log n) for n ranges, and the rules in force at each border.
  ///
  /// - Parameters:
  ///   - rules: the traffic of every rule that may be asked.
  ///   - named: numbers that port names stand for; each is told apart when a rule names ports.
  init(of transport: TransportProtocol, rules: [Traffic], named: Set<UInt16>) {
    var borders: [Border] = []
    func add(_ range: ClosedRange<UInt16>, _ owner: Int) {
      borders.append(Border(port: Int(range.lowerBound), owner: owner, step: 1))
      borders.append(Border(port: Int(range.upperBound) + 1, owner: owner, step: -1))
    }
    var owners = 0
    for traffic in rules {
      for match in traffic.portMatches where match.transport == transport {
        for range in match.numbers({ _ in .none }).ranges { add(range, owners) }
      }
      owners += 1
    }
    if rules.contains(where: \.namesPorts) {
      for number in named {
        add(number...number, owners)
        owners += 1
      }
    }
    borders.sort { $0.port < $1.port }
    classes = Self.sweep(borders, owners: owners)
  }

  /// A port from which on one more or one less range of an owner holds.
  private struct Border {
    let port: Int
    let owner: Int
    let step: Int
  }

  private static func sweep(_ borders: [Border], owners: Int) -> [PortSet] {
    var depths = [Int](repeating: 0, count: owners)
    var holding: [Int] = []
    var numbers: [[Int]: Int] = [:]
    var ranges: [[ClosedRange<UInt16>]] = []
    func close(_ first: Int, before end: Int) {
      guard first < end, let low = UInt16(exactly: first), let high = UInt16(exactly: end - 1) else { return }
      if let known = numbers[holding] {
        ranges[known].append(low...high)
      } else {
        numbers[holding] = ranges.count
        ranges.append([low...high])
      }
    }
    var first = 1
    for border in borders {
      close(first, before: border.port)
      first = max(first, border.port)
      let before = depths[border.owner]
      depths[border.owner] += border.step
      if (before == 0) == (depths[border.owner] == 0) { continue }
      let place = holding.partitioningIndex { $0 >= border.owner }
      if before == 0 { holding.insert(border.owner, at: place) } else { holding.remove(at: place) }
    }
    close(first, before: 65536)
    return ranges.map { PortSet(unsorted: $0) }
  }
}

extension [Int] {
  /// The first index from which on a condition holds, in an array where it holds from there to the end.
  /// O(log count).
  fileprivate func partitioningIndex(where condition: (Int) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if condition(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
