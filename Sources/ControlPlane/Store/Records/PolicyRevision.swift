package import Kubernetes

/// A policy document at one time. Revisions never change; the one with the highest number is active.
package struct PolicyRevision: Sendable, Equatable {
  package let header: RevisionHeader
  /// The document as it was written.
  package let text: String
  /// The document in the one form that all of its spellings have.
  package let canonicalText: String
}

/// What a list says of a revision.
package struct RevisionHeader: Sendable, Equatable {
  /// 1 for the first, then always higher.
  package let number: Int
  /// The SHA-256 of the canonical text, in hexadecimal.
  package let digest: String
  package let author: String
  package let createdAt: Timestamp
  package let note: String
  /// The revision whose text this one brings back.
  package let origin: Int?
  package let isActive: Bool
}

/// A policy document that is to become a revision.
package struct PolicyDraft: Sendable, Equatable {
  package var text: String
  package var canonicalText: String
  package var note: String
  /// The revision whose text this is.
  package var origin: Int?
  /// The integrations that the document names; it is refused when one is missing.
  package var integrations: [String]

  package init(
    text: String, canonicalText: String, note: String = "", integrations: [String] = []
  ) {
    self.text = text
    self.canonicalText = canonicalText
    self.note = note
    self.integrations = integrations
    origin = nil
  }

  /// An old revision that is to become active again, as a new one.
  package init(restoring revision: PolicyRevision, note: String = "", integrations: [String] = []) {
    self.init(
      text: revision.text, canonicalText: revision.canonicalText, note: note, integrations: integrations)
    origin = revision.header.number
  }
}

/// Which revision a writer believes to be active.
package enum ExpectedRevision: Sendable, Equatable {
  /// It does not matter.
  case any
  /// There is none yet.
  case absent
  case number(Int)
}

/// What became of a draft.
package struct AppendedRevision: Sendable, Equatable {
  /// The revision that is active now.
  package let revision: PolicyRevision
  /// Whether it was made for this draft; false when the active one says the same.
  package let isNew: Bool
}
