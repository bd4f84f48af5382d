extension ClusterAccess {
  /// The cluster that kubectl would talk to: what a kubeconfig says (``Kubeconfig/read(path:environment:)``); when nothing
  /// is named and no kubeconfig says anything, the cluster that this process runs in.
  ///
  /// - Parameters:
  ///   - kubeconfig: the file to read, instead of the usual ones.
  ///   - context: the context to take, instead of the current one.
  ///   - folder: where the files of a pod's service account are.
  package static func find(
    kubeconfig: String? = nil, context: String? = nil, environment: EnvironmentVariables = .process,
    serviceAccount folder: String = serviceAccountFolder
  ) throws(AccessError) -> ClusterAccess {
    let read = try Kubeconfig.read(path: kubeconfig, environment: environment)
    if kubeconfig == nil, context == nil, read.isEmpty, isInCluster(environment: environment, folder: folder)
    {
      return try inCluster(environment: environment, folder: folder)
    }
    return try read.access(context: context, environment: environment)
  }
}
