package import SourceGroups

/// The policy that counts.
package struct ActivePolicy: Sendable {
  package let revision: PolicyRevision
  package let policy: SourceGroupPolicy
}
