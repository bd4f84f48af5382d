internal import ServiceLifecycle

/// What a stream of events goes by: states as they come, and pulses while none do.
enum LiveStep: Sendable {
  case state(LiveState)
  /// Nothing came for a while.
  case pulse
}

extension IdentityResolver {
  /// How long nothing may come before a comment shows that a stream is alive.
  private static let pulse = Duration.seconds(15)

  /// States and pulses, until the server stops. Who is slow gets the last state, and not all of them.
  nonisolated func steps() -> AsyncStream<LiveStep> {
    AsyncStream(bufferingPolicy: .bufferingNewest(2)) { continuation in
      let task = Task {
        await withDiscardingTaskGroup { group in
          group.addTask {
            for await state in await self.states().cancelOnGracefulShutdown() {
              continuation.yield(.state(state))
            }
            continuation.finish()
          }
          group.addTask {
            while !Task.isCancelled {
              do {
                try await Task.sleep(for: Self.pulse)
              } catch {
                return
              }
              continuation.yield(.pulse)
            }
          }
        }
      }
      continuation.onTermination = { _ in task.cancel() }
    }
  }
}
