import Testing

@testable import KubernetesAPI

@Suite("Secrets")
struct SecretTests {
  private struct Holder {
    let token = Secret("hunter2")
    let key = Secret(Array("hunter2".utf8))
  }

  @Test("no way of printing shows one")
  func printing() {
    let holder = Holder()
    var dumped = ""
    dump(holder, to: &dumped)
    let texts = [
      "\(holder.token)", String(reflecting: holder.token), "\(holder)", String(reflecting: holder), dumped,
    ]
    for text in texts {
      #expect(text.contains("<secret>"))
      #expect(!text.contains("hunter2"))
      // Its bytes, in the two ways arrays are printed.
      #expect(!text.contains("104, 117") && !text.contains("- 104"))
    }
  }

  @Test("what was read of a kubeconfig shows none either")
  func kubeconfigs() throws {
    let folder = try ConfigurationFolder([
      "config": kubeconfig(
        cluster: "{server: 'https://api', proxy-url: 'http://me:hunter2@proxy'}",
        user: "{username: a, password: hunter2}")
    ])
    let read = try Kubeconfig.read(path: folder.path("config"))
    let access = try read.access(environment: [:])
    var dumped = ""
    dump(read, to: &dumped)
    dump(access, to: &dumped)
    for text in ["\(read)", String(reflecting: read), "\(access)", String(reflecting: access), dumped] {
      #expect(!text.contains("hunter2"))
    }
    #expect(dumped.contains("<secret>"))
  }
}
