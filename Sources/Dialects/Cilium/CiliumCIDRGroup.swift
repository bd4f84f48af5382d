package import Kubernetes

/// A CiliumCIDRGroup (`cilium.io/v2` and `v2alpha1`): CIDRs that policies name together.
package struct CiliumCIDRGroup: Sendable {
  package static let groupKind = GroupKind(group: "cilium.io", kind: "CiliumCIDRGroup")

  /// Its labels are what `cidrGroupSelector` selects by.
  package let meta: ObjectMeta
  package let externalCIDRs: [Located<CIDR>]

  /// Reads and validates a group; nil when the API server would reject it. Everything that is wrong is reported.
  package init?(_ object: ForeignObject, _ problems: inout [Diagnostic]) {
    guard object.groupKind == Self.groupKind else { return nil }
    var reading = CiliumObjectReading(
      object, versions: ["v2", "v2alpha1"], scope: .cluster, fields: ["spec"])
    defer { problems += reading.finish() }
    externalCIDRs =
      reading.fields.mapping("spec", in: "CiliumCIDRGroup", &reading.problems) { node, problems in
        let fields = StrictFields(node, type: "CiliumCIDRGroupSpec", known: ["externalCIDRs"], &problems)
        if fields["externalCIDRs"] == nil {
          problems.reportMissing(at: node.location, "`spec` needs `externalCIDRs`")
        }
        return fields.entries("externalCIDRs", in: "spec", &problems) { element, problems in
          CIDR(cilium: element, "spec.externalCIDRs[]", &problems).map { Located($0, at: element.location) }
        }
      } ?? []
    if reading.fields["spec"] == nil {
      reading.problems.reportMissing(at: object.root.location, "a CiliumCIDRGroup needs a `spec`")
    }
    guard let meta = reading.acceptedMeta else { return nil }
    self.meta = meta
  }
}
