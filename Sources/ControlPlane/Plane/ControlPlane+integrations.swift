internal import Kubernetes
internal import KubernetesAPI
internal import SourceGroups

/// What is to be different about an integration; nil for what stays.
package struct IntegrationPatch: Sendable {
  package var server: String?
  /// The inner nil removes it.
  package var certificateAuthority: String??
  package var tlsServerName: String??
  package var token: TokenChange = .keep

  package init() {}
}

extension ControlPlane {
  package func createIntegration(
    _ name: String, _ settings: IntegrationSettings, token: SecretText?, by actor: String
  ) async throws(RequestError) -> Integration {
    if let problem = NameRules.labelNameProblem(name) {
      throw RequestError(.invalid, "the name `\(name)` \(problem)")
    }
    if current.fixed[name] != nil {
      throw RequestError(.conflict, "`\(name)` is an integration of the server's configuration")
    }
    try check(name, settings, token)
    do throws(StoreError) {
      let made = try await store.createIntegration(
        named: name, settings, token: token, by: actor, at: clock.now)
      await changed(name, to: made)
      return made
    } catch {
      throw RequestError(error)
    }
  }

  package func patchIntegration(
    _ name: String, _ patch: IntegrationPatch, expecting generation: Int?, by actor: String
  ) async throws(RequestError) -> Integration {
    let old = try await stored(name)
    var settings = old.settings
    if let server = patch.server { settings.server = server }
    if let authority = patch.certificateAuthority { settings.certificateAuthority = authority }
    if let tlsName = patch.tlsServerName { settings.tlsServerName = tlsName }
    let token: SecretText? =
      switch patch.token {
      case .keep: old.token
      case .set(let new): new
      case .remove: nil
      }
    try check(name, settings, token)
    do throws(StoreError) {
      let changed = try await store.updateIntegration(
        named: name, settings, token: patch.token, expecting: generation ?? old.generation, by: actor,
        at: clock.now)
      await self.changed(name, to: changed)
      return changed
    } catch {
      throw error.code == .conflict
        ? RequestError(.precondition, error.message, fix: error.fix) : RequestError(error)
    }
  }

  private func stored(_ name: String) async throws(RequestError) -> Integration {
    do throws(StoreError) {
      if let known = try await store.integration(named: name) { return known }
    } catch {
      throw RequestError(error)
    }
    throw RequestError(.missing, "there is no integration `\(name)`")
  }

  /// Deletes an integration that no source of the policy names.
  package func deleteIntegration(_ name: String, by actor: String) async throws(RequestError) {
    let policy = current.policy
    let users = policy?.policy.integrations.filter { $0.value == name } ?? []
    if let first = users.first {
      throw RequestError(
        .conflict, "the policy takes members from `\(name)`, at \(first.location)",
        fix: "put a policy without it first")
    }
    do throws(StoreError) {
      try await store.deleteIntegration(
        named: name, expecting: nil,
        whileActive: policy.map { .number($0.revision.header.number) } ?? .absent, by: actor, at: clock.now)
      await changed(name, to: nil)
    } catch {
      throw RequestError(error)
    }
  }

  private func check(
    _ name: String, _ settings: IntegrationSettings, _ token: SecretText?
  ) throws(RequestError) {
    let integration = Integration(
      name: name, settings: settings, token: token, createdAt: clock.now, updatedAt: clock.now, generation: 0)
    do throws(AccessError) {
      _ = try integration.followed()
    } catch {
      throw RequestError(.invalid, "the integration is not usable", problems: error.problems)
    }
  }
}
