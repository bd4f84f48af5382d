internal import SourceGroups

extension IdentitySet {
  /// Its version, as clients name it: with what tells this process from others.
  func tag(in epoch: String) -> String { "\(epoch)-\(version)" }

  /// The version that a client names; nil when it is none of this process.
  static func version(_ tag: String, in epoch: String) -> UInt64? {
    let parts = tag.split(separator: "-", maxSplits: 1)
    return parts.count == 2 && parts[0] == epoch ? UInt64(parts[1]) : nil
  }
}
