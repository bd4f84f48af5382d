internal import Kubernetes
internal import PolicyModel

extension World {
  /// Addresses of pods, whether those are in the input or not, by which an engine knows that there is a pod. Empty where
  /// nobody says where pods get their addresses from. What is said to be the API server's is no pod's.
  func podAddresses(_ profile: EngineProfile) -> AddressSet {
    guard profile.takesUnlistedAddressesForPods, assumedAddresses.isKnown(.pod) else { return .empty }
    return assumedAddresses[.pod].subtracting(apiServerAddresses)
  }
}
