import Glibc
import Testing

@testable import ControlPlane

@Suite("sealing keys")
struct SealingKeyTests {
  @Test(
    "are 32 bytes in base64, as openssl writes them",
    arguments: [
      "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=", "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE",
      " AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n",
    ])
  func reading(_ text: String) throws {
    #expect(try SealingKey(base64: text, source: "MERLON_KEY") == .a)
  }

  @Test("are refused without being shown", arguments: ["", "hunter2", "AQEBAQEBAQEBAQEBAQEBAQEB", "!"])
  func refusing(_ text: String) throws {
    let error = try #require(throws: StoreError.self) { try SealingKey(base64: text, source: "MERLON_KEY") }
    #expect(error.code == .invalid)
    #expect(error.message == "MERLON_KEY is not a key: 32 bytes in base64")
  }

  @Test("no way of printing shows one")
  func redaction() {
    struct Holder { let key = SealingKey.a }
    var dumped = ""
    dump(Holder(), to: &dumped)
    for text in ["\(SealingKey.a)", String(reflecting: Holder()), dumped] {
      #expect(text.contains("<sealing key \(SealingKey.a.id)>"))
      #expect(!text.contains("AQEB") && !text.contains("1, 1, 1"))
    }
    // The first 8 bytes of `printf '\1…' | sha256sum`.
    #expect(SealingKey.a.id == "72cd6e8422c407fb")
  }

  @Test("a file that is asked for is made with mode 600, and read again")
  func making() throws {
    let folder = try StoreFolder()
    let path = folder.path("key")
    let key = try SealingKey(file: path, whenAbsent: .create)
    #expect(try folder.mode(of: "key") == 0o600)
    #expect(try SealingKey(file: path) == key)
    #expect(try SealingKey(file: path, whenAbsent: .create) == key)
    #expect(try folder.files == ["key"])
  }

  @Test("a file that is absent is not made unless asked for")
  func absence() throws {
    let folder = try StoreFolder()
    let error = try #require(throws: StoreError.self) { try SealingKey(file: folder.path("key")) }
    #expect(error.code == .missing)
    #expect(try folder.files.isEmpty)
  }

  @Test("processes that make one file get one key")
  func race() async throws {
    let folder = try StoreFolder()
    let keys = try await withThrowingTaskGroup(of: SealingKey.self) { group in
      for _ in 0..<8 {
        group.addTask { try SealingKey(file: folder.path("key"), whenAbsent: .create) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(keys.count == 8)
    #expect(keys.allSatisfy { $0 == keys[0] })
    #expect(try folder.files == ["key"])
  }

  @Test("a file that others can read is refused", arguments: [0o640, 0o604, 0o620, 0o601, 0o666])
  func exposure(_ mode: Int) throws {
    let folder = try StoreFolder()
    _ = try SealingKey(file: folder.path("key"), whenAbsent: .create)
    try folder.setMode(mode, of: "key")
    let error = try #require(throws: StoreError.self) { try SealingKey(file: folder.path("key")) }
    #expect(error.code == .exposed)
    #expect(error.fix == "chmod 600 \(folder.path("key"))")
  }

  @Test(
    "a credential as systemd shows it, of root and its group with mode 440, is read",
    .enabled(if: geteuid() == 0 && getegid() == 0))
  func credential() throws {
    let folder = try StoreFolder()
    let key = try SealingKey(file: folder.path("key"), whenAbsent: .create)
    try folder.setMode(0o440, of: "key")
    #expect(try SealingKey(file: folder.path("key")) == key)
    try folder.setMode(0o444, of: "key")
    #expect(throws: StoreError.self) { try SealingKey(file: folder.path("key")) }
  }

  @Test("a folder that is absent, or the key's file a folder: refused")
  func noFile() throws {
    let folder = try StoreFolder()
    #expect(throws: StoreError.self) { try SealingKey(file: folder.path("no/key"), whenAbsent: .create) }
    let error = try #require(throws: StoreError.self) {
      try SealingKey(file: folder.root, whenAbsent: .create)
    }
    #expect(error.message == "\(folder.root) is not a file")
  }
}
