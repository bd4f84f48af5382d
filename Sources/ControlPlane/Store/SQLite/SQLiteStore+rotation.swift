internal import GRDB
package import Kubernetes

extension SQLiteStore {
  package func rotate(
    from old: SealingKey, to new: SealingKey, by actor: String, at now: Timestamp
  ) async throws(StoreError) -> KeyRotation {
    try requireStorable(actor)
    let pair = Sealing(current: new, others: [old])
    do {
      let rotation = try await database.writeWithoutTransaction { [self] database in
        var rotation = KeyRotation(resealed: 0, alreadySealed: 0, unreadable: [])
        // Readers meet records of either key from the commit on, which may have happened when it fails.
        let opening = [sealing.current] + sealing.others + [old, new]
        sealing = Sealing(current: sealing.current, others: opening)
        try database.inTransaction(.immediate) {
          rotation = try database.reseal(with: pair, Act(actor: actor, now: now))
          return .commit
        }
        sealing = Sealing(current: new, others: opening)
        return rotation
      }
      // The log may hold pages from before. Whoever reads them now keeps them until later.
      _ = try? await database.writeWithoutTransaction { try $0.checkpoint(.truncate) }
      return rotation
    } catch {
      throw StoreError(error, at: path)
    }
  }
}

extension Database {
  fileprivate func reseal(with sealing: Sealing, _ act: Act) throws -> KeyRotation {
    var resealed = 0
    var alreadySealed = 0
    var unreadable: [UnreadableRecord] = []
    for row in try Row.fetchAll(self, sql: "SELECT * FROM integration WHERE token IS NOT NULL ORDER BY name")
    {
      let integration: Integration
      do throws(UnreadableRecord) {
        integration = try Integration(Integration.fields(row), sealing)
      } catch {
        unreadable.append(error)
        continue
      }
      guard let token = integration.token, let sealed: String = row["token"] else { continue }
      if sealing.isCurrent(sealed) {
        alreadySealed += 1
        continue
      }
      try execute(
        sql: "UPDATE integration SET token = ? WHERE name = ?",
        arguments: [
          try sealing.seal(token, for: .integrationToken(integration.name)), integration.name,
        ])
      resealed += 1
    }
    if resealed > 0 {
      try audit(
        act, .rotateKey, "sealing key \(sealing.current.id)",
        ["\(resealed) secrets sealed anew"]
          + unreadable.map { "\($0.kind) \($0.id) \($0.problem)" })
    }
    return KeyRotation(resealed: resealed, alreadySealed: alreadySealed, unreadable: unreadable)
  }
}
