/// The fields of each part of a document. The schema has the same.
package enum DocumentFields {
  package static let document = ["apiVersion", "kind", "metadata", "spec"]
  package static let metadata = ["name"]
  package static let spec = ["defaultPolicy", "sourceGroups"]
  package static let group = ["id", "priority", "mode", "sources", "rules", "defaultAction"]
  package static let source = ["cidrs", "addresses", "kubernetes", "onStale", "staleGraceSeconds", "zone"]
  package static let kubernetes = ["integration", "pods", "nodes", "serviceEndpoints"]
  package static let pods = ["namespaceSelector", "podSelector", "serviceAccounts", "includeHostNetwork"]
  package static let nodes = ["nodeSelector", "addressTypes"]
  package static let serviceEndpoints = ["namespace", "name"]
  package static let selector = ["all", "matchLabels", "matchExpressions"]
  package static let rule = ["id", "action", "mode", "to", "traffic", "sourcePorts"]
  package static let destinations = ["anywhere", "cidrs", "addresses", "domainNames"]
  package static let traffic = ["protocol", "port", "endPort", "type", "code"]
  package static let sourcePort = ["port", "endPort"]
}
