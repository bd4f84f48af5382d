internal import ArgumentParser
internal import ControlPlane
internal import Kubernetes
internal import Review

/// `merlon token`
struct TokenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token",
    abstract: "Make, list and revoke tokens for the API of merlon serve.",
    discussion: """
      Works on the data file itself, beside a running server or without one: whoever may write it may do everything.

      EXAMPLES
        merlon token create ci --role read --expires 90d --data merlon.db
        merlon token list --data merlon.db
        merlon token revoke 3 --data merlon.db
      """,
    subcommands: [Create.self, List.self, Revoke.self])

  /// `merlon token create`
  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a token, and print it once: nobody can ask for it again.")

    @Argument(help: "What it is for.") var name: String

    @Option(name: .long, help: "read, gateway to report denials too, or admin to write everything.")
    var role = "admin"

    @Option(name: .long, help: "How long it counts, as 12h or 90d; without it, for ever.") var expires:
      String?

    @OptionGroup(title: "Settings") var settings: ServeOptions
    @OptionGroup(title: "Display") var display: DisplayOptions

    func run() async throws {
      guard let role = APIToken.Role(rawValue: role) else {
        throw ValidationError("--role `\(role)` is none of read, gateway and admin")
      }
      let now = Timestamp.now
      let seconds = try expires.map { text in
        guard let seconds = TokenCommand.seconds(text) else {
          throw ValidationError("--expires `\(text)` is no time such as 12h or 90d")
        }
        return seconds
      }
      let made = try await settings.stored(display) { store throws(StoreError) in
        try await store.createToken(
          named: name, role: role, expiresAt: seconds.map { now.advanced(bySeconds: $0) }, by: "merlon token",
          at: now)
      }
      let output = Terminal.standardOutput
      output.write(made.text.revealed + "\n")
      output.flush()
    }
  }

  /// `merlon token list`
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List tokens, without what they are.")

    @OptionGroup(title: "Settings") var settings: ServeOptions
    @OptionGroup(title: "Display") var display: DisplayOptions

    func run() async throws {
      let tokens = try await settings.stored(display) { store throws(StoreError) in try await store.tokens() }
      let output = Terminal.standardOutput
      for stored in tokens {
        switch stored {
        case .readable(let token):
          let end =
            token.revokedAt.map { "revoked \($0)" } ?? token.expiresAt.map { "expires \($0)" } ?? "for ever"
          output.write(
            "\(token.id)\t\(token.name)\t\(token.role.rawValue)\tcreated \(token.createdAt)\t\(end)\n")
        case .unreadable(let record):
          Terminal.writeError("merlon: the token \(record.id) \(record.problem)\n")
        }
      }
      output.flush()
    }
  }

  /// `merlon token revoke`
  struct Revoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Let a token count no longer, from now on.")

    @Argument(help: "Its number, as merlon token list prints it.") var id: Int

    @OptionGroup(title: "Settings") var settings: ServeOptions
    @OptionGroup(title: "Display") var display: DisplayOptions

    func run() async throws {
      _ = try await settings.stored(display) { store throws(StoreError) in
        try await store.revokeToken(id, by: "merlon token", at: .now)
      }
    }
  }

  /// `12h`, `90d`; nil for anything else.
  private static func seconds(_ text: String) -> Int? {
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let unit = text.last.flatMap({ units[$0] }), let count = Int(text.dropLast()), count > 0 else {
      return nil
    }
    let (seconds, overflows) = count.multipliedReportingOverflow(by: unit)
    return overflows ? nil : seconds
  }
}

extension ServeOptions {
  /// What a body reads from the store, or writes to it.
  fileprivate func stored<Result: Sendable>(
    _ display: DisplayOptions, _ body: (SQLiteStore) async throws(StoreError) -> Result
  ) async throws -> Result {
    let configuration = try configuration([:], display)
    do {
      return try await body(ControlPlaneProcess.store(configuration))
    } catch let error as ServeError {
      throw error.reported(display, .unreadableInput)
    } catch let error as StoreError {
      throw ServeError([Diagnostic(.unreadable, .error, error.message, at: nil, fix: error.fix)])
        .reported(display, .unreadableInput)
    }
  }
}
