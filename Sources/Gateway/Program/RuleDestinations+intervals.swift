internal import Kubernetes
internal import PolicyModel
internal import SourceGroups

extension RuleDestinations {
  /// The first and last addresses of all that match whatever they are called, disjoint and ascending.
  var addressIntervals: [(first: IPAddress, last: IPAddress)] {
    addresses.intervals.map {
      (IPAddress($0.family, bits: $0.first), IPAddress($0.family, bits: $0.last))
    }
  }
}
