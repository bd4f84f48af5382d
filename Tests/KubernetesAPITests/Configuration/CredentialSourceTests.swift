import Kubernetes
import Synchronization
import Testing

@testable import KubernetesAPI

/// A time of the day that only tests move.
private final class TestTime: Sendable {
  private let seconds = Mutex(1_000_000)

  var now: Timestamp { seconds.withLock { Timestamp(secondsSince1970: $0) } ?? .earliest }

  func advance(_ count: Int) { seconds.withLock { $0 += count } }
}

/// A clock on which every sleep is over at once.
private struct HastyClock: Clock {
  typealias Instant = ContinuousClock.Instant

  var now: Instant { .now }
  var minimumResolution: Duration { .zero }

  func sleep(until deadline: Instant, tolerance: Duration?) async throws { try Task.checkCancellation() }
}

extension CredentialSource {
  /// What the header says now, or the problem.
  fileprivate func header(_ folder: ConfigurationFolder) async -> String {
    do {
      return try await credentials().authorization?.revealed ?? "nothing"
    } catch let error as AccessError {
      return folder.problems(error).lines.joined(separator: "\n")
    } catch {
      return "\(error)"
    }
  }

  fileprivate func refuse() async throws { invalidate(try await credentials()) }
}

@Suite("Credentials that are written")
struct WrittenCredentialTests {
  @Test("a token and a password become headers")
  func headers() async throws {
    let folder = try ConfigurationFolder()
    var credential = Credential()
    #expect(await CredentialSource(credential).header(folder) == "nothing")
    credential.identity = .token(Secret("t"))
    #expect(await CredentialSource(credential).header(folder) == "Bearer t")
    credential.identity = .basic(user: "Aladdin", password: Secret("open sesame"))
    #expect(await CredentialSource(credential).header(folder) == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
  }

  @Test("a refused one stays: there is no other")
  func refused() async throws {
    var credential = Credential()
    credential.identity = .token(Secret("t"))
    let source = CredentialSource(credential)
    let first = try await source.credentials()
    await source.invalidate(first)
    #expect(try await source.credentials() == first)
  }
}

@Suite("Credentials in files")
struct FileCredentialTests {
  private let time = TestTime()
  private let folder: ConfigurationFolder

  init() throws { folder = try ConfigurationFolder(["token": " t1\n"]) }

  private func source(fallback: String? = nil) -> CredentialSource {
    var credential = Credential()
    credential.identity = .tokenFile(
      TokenFile(path: folder.path("token"), fallback: fallback.map { Secret($0) }))
    return CredentialSource(credential, now: { [time] in time.now })
  }

  @Test("a token is read again after 50 seconds, not before")
  func period() async throws {
    let source = source()
    #expect(await source.header(folder) == "Bearer t1")
    try folder.write("token", "t2")
    time.advance(49)
    #expect(await source.header(folder) == "Bearer t1")
    time.advance(1)
    #expect(await source.header(folder) == "Bearer t2")
  }

  @Test("a refused token is read again at once")
  func refused() async throws {
    let source = source()
    try await source.refuse()
    try folder.write("token", "t2")
    #expect(await source.header(folder) == "Bearer t2")
  }

  @Test("an old credential that is refused late does not cost the new one")
  func refusedLate() async throws {
    let source = source()
    let old = try await source.credentials()
    await source.invalidate(old)
    try folder.write("token", "t2")
    let new = try await source.credentials()
    try folder.write("token", "t3")
    await source.invalidate(old)
    #expect(try await source.credentials() == new)
    #expect(new.revision > old.revision)
  }

  @Test("a token that stays the same keeps its revision")
  func revision() async throws {
    let source = source()
    let first = try await source.credentials()
    time.advance(60)
    #expect(try await source.credentials() == first)
  }

  @Test("a file that is gone for a moment ends nothing, unless its token is refused")
  func gone() async throws {
    let source = source()
    #expect(await source.header(folder) == "Bearer t1")
    try folder.remove("token")
    time.advance(60)
    #expect(await source.header(folder) == "Bearer t1")
    try await source.refuse()
    #expect(
      await source.header(folder)
        == "no-credential the token file ~/token cannot be read: cannot read ~/token: No such file or directory"
    )
    try folder.write("token", "t2")
    #expect(await source.header(folder) == "Bearer t2")
  }

  @Test(
    "a file without a token says so",
    arguments: [
      ("\n", "no-credential the token file ~/token is empty"),
      (
        "hun\nter2",
        "no-credential the token file ~/token has line breaks or other characters that a header cannot have"
      ),
    ])
  func nonsense(text: String, problem: String) async throws {
    try folder.write("token", text)
    #expect(await source().header(folder) == problem)
  }

  @Test("the written token is for when the file has none yet")
  func fallback() async throws {
    try folder.remove("token")
    let source = source(fallback: "t0")
    #expect(await source.header(folder) == "Bearer t0")
    try folder.write("token", "t1")
    time.advance(60)
    #expect(await source.header(folder) == "Bearer t1")
    try folder.remove("token")
    time.advance(60)
    #expect(await source.header(folder) == "Bearer t1")
  }

  @Test("a certificate in files is read again, one that is written is not")
  func certificate() async throws {
    try folder.write("config", kubeconfig(user: "{client-certificate: c, client-key: k}"))
    try folder.write("c", TestPEM.certificate)
    try folder.write("k", TestPEM.key)
    let source = CredentialSource(try folder.access().get().credential, now: { [time] in time.now })
    let first = try await source.credentials()
    #expect(first.authorization == nil)
    try folder.write("c", TestPEM.otherCertificate)
    #expect(try await source.credentials() == first)
    time.advance(60)
    let second = try await source.credentials()
    #expect(second.certificate?.chain.der == [[0x30, 3, 2, 1, 2]])
    #expect(second.revision > first.revision)
  }
}

@Suite("Credentials of plugins")
struct PluginCredentialTests {
  private let time = TestTime()
  private let folder: ConfigurationFolder

  init() throws { folder = try ConfigurationFolder() }

  private static func answer(
    _ status: String, version: String = "client.authentication.k8s.io/v1", kind: String = "ExecCredential"
  ) -> String {
    "{\"kind\":\"\(kind)\",\"apiVersion\":\"\(version)\",\"status\":{\(status)}}"
  }

  /// A source for the plugin `plugin`, a script of the shell that can print the file `answer`.
  private func source(
    _ script: String, mode: ExecPlugin.InteractiveMode = .never, isTerminal: Bool = false,
    version: ExecPlugin.Version = .v1, arguments: [String] = [], variables: [(String, String)] = [],
    hint: String? = nil, command: String? = nil, clock: any Clock<Duration> = ContinuousClock()
  ) throws -> CredentialSource {
    let path = try folder.script("plugin", "cd \(folder.root)\n\(script)\n")
    var credential = Credential()
    credential.identity = .exec(
      ExecPlugin(
        version: version, command: command ?? path, arguments: Secret(arguments),
        environment: Secret(variables.map { (name: $0.0, value: $0.1) }), interactiveMode: mode,
        installHint: hint,
        clusterInfo: Secret("{\"server\":\"https://api\"}"),
        location: SourceLocation(file: SourceFile(path: "config"), line: 9, column: 12)))
    return CredentialSource(
      credential, now: { [time] in time.now },
      runner: ExecPlugin.Runner(isTerminal: { isTerminal }, clock: clock))
  }

  /// A script that says which run it is: `t1`, `t2`.
  private static func counting(_ more: String = "") -> String {
    """
    echo >> runs
    printf '%s' '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"t'
    printf '%s' $(wc -l < runs)
    printf '%s' '"\(more)}}'
    """
  }

  @Test("an answer without an end is kept until it is refused")
  func kept() async throws {
    let source = try source(Self.counting())
    #expect(await source.header(folder) == "Bearer t1")
    time.advance(1_000_000)
    #expect(await source.header(folder) == "Bearer t1")
    try await source.refuse()
    #expect(await source.header(folder) == "Bearer t2")
  }

  @Test("an answer with an end is kept until then")
  func expiring() async throws {
    // The tests' time is 1970-01-12T13:46:40Z.
    let source = try source(Self.counting(",\"expirationTimestamp\":\"1970-01-12T14:47:40+01:00\""))
    #expect(await source.header(folder) == "Bearer t1")
    time.advance(59)
    #expect(await source.header(folder) == "Bearer t1")
    time.advance(1)
    #expect(await source.header(folder) == "Bearer t2")
  }

  @Test("whoever asks while it runs gets the answer of that run")
  func concurrent() async throws {
    let source = try source(Self.counting())
    let headers = await withTaskGroup(of: String.self) { group in
      for _ in 0..<20 { group.addTask { await source.header(folder) } }
      return await group.reduce(into: Set()) { $0.insert($1) }
    }
    #expect(headers == ["Bearer t1"])
  }

  @Test("it gets its arguments, its variables, the cluster, and no standard input")
  func surroundings() async throws {
    let source = try source(
      """
      echo "$#:$1:$2:$A:$KUBERNETES_EXEC_INFO:$(cat)" > seen
      echo '\(Self.answer("\"token\":\"t\""))'
      """, mode: .ifAvailable, arguments: ["a b", ""],
      variables: [("A", "x=y"), ("KUBERNETES_EXEC_INFO", "own")])
    #expect(await source.header(folder) == "Bearer t")
    #expect(
      try folder.text("seen") == """
        2:a b::x=y:{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1",\
        "spec":{"cluster":{"server":"https://api"},"interactive":false}}:

        """)
  }

  @Test("at a terminal it may ask, when its mode lets it")
  func interactive() async throws {
    let script = "echo \"$KUBERNETES_EXEC_INFO\" > seen\necho '\(Self.answer("\"token\":\"t\""))'"
    for (mode, isInteractive) in [
      (ExecPlugin.InteractiveMode.never, false), (.ifAvailable, true), (.always, true),
    ] {
      let source = try source(script, mode: mode, isTerminal: true)
      #expect(await source.header(folder) == "Bearer t")
      #expect(try folder.text("seen").contains("\"interactive\":\(isInteractive)"))
    }
    #expect(
      await (try source(script, mode: .always)).header(folder)
        == "9:12 no-credential the credential plugin `~/plugin` wants to ask somebody (`interactiveMode: Always`), and standard input is no terminal"
    )
  }

  @Test("a certificate is taken with its key, beside a token or alone")
  func certificate() async throws {
    let (certificate, key) = (TestPEM.certificate, TestPEM.key)
    let pair =
      "\"clientCertificateData\":\(JSONText.quoted(certificate)),\"clientKeyData\":\(JSONText.quoted(key))"
    try folder.write("answer", Self.answer(pair))
    let credential = try await source("cat answer").credentials()
    #expect(credential.authorization == nil)
    #expect(credential.certificate?.chain.der.count == 1)
    #expect(credential.certificate?.key.pem.revealed == Array(key.utf8))
  }

  @Test("an answer in YAML counts too, and either version when it is the asked one")
  func forms() async throws {
    try folder.write(
      "answer",
      "apiVersion: client.authentication.k8s.io/v1beta1\nstatus: {token: t, expirationTimestamp: null}\n")
    #expect(await (try source("cat answer", version: .v1beta1)).header(folder) == "Bearer t")
  }

  @Test(
    "an answer that cannot be used says why, and never with what it has",
    arguments: [
      ("", "printed nothing"),
      ("hunter2", "printed something else than an `ExecCredential`"),
      ("{\"hunter2\": [}", "printed something else than an `ExecCredential` (line 1, column 14)"),
      (Self.answer("", kind: "hunter2"), "answered with another `kind` than `ExecCredential`"),
      (
        Self.answer("\"token\":\"hunter2\"", version: "client.authentication.k8s.io/v1beta1"),
        "did not answer with the `apiVersion` client.authentication.k8s.io/v1, but with client.authentication.k8s.io/v1beta1"
      ),
      (
        Self.answer("\"token\":\"hunter2\"", version: "hunter2"),
        "did not answer with the `apiVersion` client.authentication.k8s.io/v1"
      ),
      (
        "{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\"}",
        "answered without `status`"
      ),
      (Self.answer(""), "answered with neither a token nor a certificate"),
      (Self.answer("\"token\":\"\""), "answered with neither a token nor a certificate"),
      (Self.answer("\"token\":77777"), "answered with a `token` that is no string"),
      (
        Self.answer("\"token\":\"hunter2\\n\""),
        "answered with a `status.token` that has line breaks or other characters that a header cannot have"
      ),
      (
        Self.answer("\"clientKeyData\":\"hunter2\""),
        "answered with one of `clientCertificateData` and `clientKeyData` only"
      ),
      (
        Self.answer("\"clientCertificateData\":\"hunter2\",\"clientKeyData\":\"hunter2\""),
        "answered with a certificate or key that holds no PEM certificate"
      ),
      (
        Self.answer("\"token\":\"t\",\"expirationTimestamp\":\"hunter2\""),
        "answered with a `status.expirationTimestamp` that is no time such as 2026-01-31T12:00:00Z"
      ),
    ])
  func nonsense(answer: String, problem: String) async throws {
    try folder.write("answer", answer)
    let found = await (try source("cat answer; echo 'what went on' >&2")).header(folder)
    #expect(found == "9:12 no-credential the credential plugin `~/plugin` \(problem): what went on")
  }

  @Test("one that fails says what it wrote to its standard error, and not what to its standard output")
  func failing() async throws {
    let source = try source("echo hunter2; printf 'log in \\033[1mfirst\\n\\n  or else\\n' >&2; exit 3")
    #expect(
      await source.header(folder)
        == "9:12 no-credential the credential plugin `~/plugin` failed (exited(3)): log in [1mfirst / or else"
    )
  }

  @Test(
    "one that is not there is said with how to get it",
    arguments: ["merlon-no-such-plugin", "/no/such/plugin"])
  func missing(command: String) async throws {
    let source = try source("", hint: "install it", command: command)
    #expect(
      await source.header(folder)
        == "9:12 no-credential the credential plugin `\(command)` is not there or cannot be run → install it")
  }

  @Test("one that does not answer in time is killed, with what it started")
  func timeout() async throws {
    let source = try source("sleep 1000 & sleep 1000", clock: HastyClock())
    #expect(
      await source.header(folder)
        == "9:12 no-credential the credential plugin `~/plugin` did not answer within 60 seconds, and was killed"
    )
  }

  @Test("a failure is not kept, and a refused credential is not used again")
  func failureAfterRefusal() async throws {
    let source = try source("cat answer")
    try folder.write("answer", Self.answer("\"token\":\"t1\""))
    try await source.refuse()
    try folder.write("answer", "")
    #expect(await source.header(folder).hasSuffix("printed nothing"))
    try folder.write("answer", Self.answer("\"token\":\"t2\""))
    #expect(await source.header(folder) == "Bearer t2")
  }

  @Test("a plugin is killed when nobody waits for it any more")
  func cancellation() async throws {
    let source = try source("echo $$ > started; sleep 1000")
    let task = Task { await source.header(folder) }
    while (try? folder.text("started")) == nil { await Task.yield() }
    task.cancel()
    #expect(await task.value == "CancellationError()")
  }
}
