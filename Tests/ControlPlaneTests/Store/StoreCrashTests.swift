import Foundation
import Kubernetes
import Testing

@testable import ControlPlane

@Suite("a process that is killed")
struct StoreCrashTests {
  @Test("loses nothing that was acknowledged", .timeLimit(.minutes(30)))
  func killing() async throws {
    let folder = try StoreFolder()
    var promised = 0
    // In every other round a server has the database open while the process beside it is killed.
    var server: SQLiteStore?
    for round in 0..<32 {
      let writer = CrashingWriter(root: folder.root, round: round, startsAnew: false)
      await #expect(processExitsWith: .signal(SIGKILL)) { [writer = writer as CrashingWriter] in
        await writer.run()
      }
      promised += writer.writesBeforeTimer
      // Opening checks the integrity of the file.
      let opened = try folder.open(.a, others: [.b])
      let store = server ?? opened
      let kept = try await Acknowledgement.read(folder).check(in: store)
      #expect(kept >= promised)
      try await requireCompleteTrail(of: store)
      try await store.append("after round \(round)")
      server = round.isMultiple(of: 2) ? store : nil
    }
    #expect(promised > 100, "the rounds are about something")
  }

  @Test("leaves a database and a key that can be used, however new they are", .timeLimit(.minutes(30)))
  func starting() async throws {
    for round in 0..<24 {
      let folder = try StoreFolder()
      let writer = CrashingWriter(root: folder.root, round: round, startsAnew: true)
      await #expect(processExitsWith: .signal(SIGKILL)) { [writer = writer as CrashingWriter] in
        await writer.run()
      }
      _ = try SealingKey(file: folder.path("key"), whenAbsent: .create)
      let store = try folder.open(.a, others: [.b])
      _ = try await Acknowledgement.read(folder).check(in: store)
      try await requireCompleteTrail(of: store)
      try await store.append("after round \(round)")
    }
  }

  /// Each record has its entry in the audit trail, and each entry its record.
  private func requireCompleteTrail(of store: SQLiteStore) async throws {
    let trail = try await store.auditTrail(.after(0), limit: .max).compactMap(\.record)
    func subjects(_ action: AuditEntry.Action) -> Set<String> {
      Set(trail.filter { $0.action == action }.map(\.subject))
    }
    let revisions = try await store.revisions(.after(0), limit: .max).compactMap { $0.record?.number }
    #expect(revisions == Array(1..<(revisions.count + 1)))
    #expect(subjects(.appendPolicy) == Set(revisions.map { "revision \($0)" }))
    let integrations = try await store.integrations().compactMap { $0.record?.name }
    #expect(
      subjects(.createIntegration).subtracting(subjects(.deleteIntegration))
        == Set(integrations.map { "integration \($0)" }))
    let tokens = try await store.tokens().compactMap { $0.record }
    #expect(subjects(.createToken) == Set(tokens.map { "token \($0.id) (\($0.name))" }))
    #expect(trail.map(\.sequence) == Array(1..<(trail.count + 1)))
  }
}

/// Writes until it is killed, and says of each write that it was acknowledged.
private struct CrashingWriter: Codable {
  let root: String
  let round: Int
  /// How many writes are done before the timer starts; at 0 it starts before the store is opened.
  let writesBeforeTimer: Int
  private let microseconds: Int

  /// - Parameter startsAnew: whether it is killed soon after its start.
  init(root: String, round: Int, startsAnew: Bool) {
    self.root = root
    self.round = round
    var random = SeededRandom(seed: UInt64(round))
    writesBeforeTimer = startsAnew ? 0 : Int.random(in: 1...16, using: &random)
    microseconds = Int.random(in: 1...(startsAnew ? 30_000 : 6_000), using: &random)
  }

  func run() async {
    let log = open("\(root)/acknowledged", O_WRONLY | O_APPEND | O_CREAT, 0o600)
    if writesBeforeTimer == 0 { killLater() }
    do {
      _ = try SealingKey(file: "\(root)/key", whenAbsent: .create)
      let store = try SQLiteStore(path: "\(root)/merlon.db", key: .a, others: [.b])
      for number in 1... {
        let line = try await write(number, to: store).line + "\n"
        _ = line.withCString { Glibc.write(log, $0, strlen($0)) }
        if number == writesBeforeTimer { killLater() }
      }
    } catch {
      // Another exit than by the signal, which the test finds.
      exit(3)
    }
  }

  private func write(_ number: Int, to store: SQLiteStore) async throws -> Acknowledgement {
    let name = "\(round)-\(number)"
    switch number % 6 {
    case 0:
      _ = try await store.rotate(from: .a, to: .b, by: name, at: .at(number))
      _ = try await store.rotate(from: .b, to: .a, by: name, at: .at(number))
      return .rotation
    case 1, 4:
      return .revision(try await store.append("text \(name)").revision.header.number, "text \(name)")
    case 2:
      return .token(
        try await store.createToken(named: name, role: .read, expiresAt: nil, by: name, at: .at(number)).text
          .revealed)
    case 3:
      try await store.create(name, token: "token of \(name)")
      return .integration(name)
    default:
      let gone = "\(round)-\(number - 2)"
      try await store.deleteIntegration(
        named: gone, expecting: nil, whileActive: .any, by: name, at: .at(number))
      return .deletion(gone)
    }
  }

  /// Has the kernel kill this process.
  private func killLater() {
    var event = sigevent()
    event.sigev_signo = SIGKILL
    var timer: timer_t?
    var time = itimerspec()
    time.it_value.tv_nsec = microseconds * 1000
    // The first timer of a process is number 0, which Swift shows as nil.
    guard timer_create(CLOCK_MONOTONIC, &event, &timer) == 0,
      timer_settime(timer, 0, &time, nil) == 0
    else { exit(4) }
  }
}

/// What a store said was done.
private enum Acknowledgement {
  case revision(Int, String)
  case integration(String)
  case deletion(String)
  case token(String)
  case rotation

  var line: String {
    switch self {
    case .revision(let number, let text): "revision|\(number)|\(text)"
    case .integration(let name): "integration|\(name)"
    case .deletion(let name): "deletion|\(name)"
    case .token(let text): "token|\(text)"
    case .rotation: "rotation"
    }
  }

  init?(_ line: Substring) {
    let parts = line.split(separator: "|").map(String.init)
    switch (parts.first, parts.count) {
    case ("revision", 3): self = .revision(Int(parts[1]) ?? 0, parts[2])
    case ("integration", 2): self = .integration(parts[1])
    case ("deletion", 2): self = .deletion(parts[1])
    case ("token", 2): self = .token(parts[1])
    case ("rotation", 1): self = .rotation
    default: return nil
    }
  }

  static func read(_ folder: StoreFolder) throws -> [Acknowledgement] {
    let lines = String(decoding: folder.bytes("acknowledged") ?? [], as: UTF8.self).split(separator: "\n")
    return try lines.map { try #require(Acknowledgement($0), "\($0)") }
  }
}

extension [Acknowledgement] {
  /// Finds all of it in a store.
  ///
  /// - Returns: how many there were.
  fileprivate func check(in store: SQLiteStore) async throws -> Int {
    let integrations = try await store.integrations()
    #expect(integrations.allSatisfy { $0.record != nil })
    let tokens = Dictionary(
      uniqueKeysWithValues: integrations.compactMap(\.record).map { ($0.name, $0.token?.revealed) })
    let deletions = Set(
      try await store.auditTrail(.after(0), limit: .max).compactMap(\.record)
        .filter { $0.action == .deleteIntegration }.map(\.subject))
    for acknowledgement in self {
      switch acknowledgement {
      case .revision(let number, let text): #expect(try await store.revision(number)?.text == text)
      case .integration(let name):
        // A deletion may have been stored before the process could say so.
        if !deletions.contains("integration \(name)") { #expect(tokens[name] == "token of \(name)") }
      case .deletion(let name):
        #expect(tokens[name] == nil)
        #expect(deletions.contains("integration \(name)"))
      case .token(let text):
        guard case .accepted = try await store.authenticate(SecretText(text), at: .at(9)) else {
          Issue.record("the token \(text) is lost")
          continue
        }
      case .rotation: break
      }
    }
    return count
  }
}

/// Numbers that look random and are the same in every run: SplitMix64.
private struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }
}
