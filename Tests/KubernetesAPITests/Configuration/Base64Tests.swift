import Testing

@testable import KubernetesAPI

@Suite("base64")
struct Base64Tests {
  @Test(
    "the test vectors of RFC 4648 are read and written",
    arguments: [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
      ("foobar", "Zm9vYmFy"),
    ])
  func vectors(bytes: String, text: String) {
    #expect(Base64.encode(Array(bytes.utf8)) == text)
    #expect(Base64.decode(text.utf8) == Array(bytes.utf8))
  }

  @Test("all bytes survive")
  func allBytes() {
    let bytes = Array(UInt8.min...UInt8.max)
    #expect(Base64.decode(Base64.encode(bytes).utf8) == bytes)
    #expect(Base64.encode([0xFB, 0xFF]) == "+/8=")
  }

  @Test(
    "anything else is not base64",
    arguments: [
      "Z", "Zg", "Zg=", "Zg===", "Zm8", "Zm9v=", "Z=g=", "Zg==Zg==", "Zm 9v", "Zm9-", "Zm9_", "====", "é",
    ])
  func nonsense(text: String) { #expect(Base64.decode(text.utf8) == nil) }

  @Test("line breaks do not count") func lineBreaks() {
    #expect(Base64.decode("Zm\r\n9v\n".utf8) == Array("foo".utf8))
  }
}

@Suite("PEM")
struct PEMTests {
  @Test("certificates are read in order, between comments and other blocks, with either line ending")
  func certificates() throws {
    let text = "# a: comment\n\(TestPEM.certificate)\n\(TestPEM.key)  text\n\(TestPEM.otherCertificate)"
    let expected: [[UInt8]] = [[0x30, 3, 2, 1, 1], [0x30, 3, 2, 1, 2]]
    #expect(try Certificates(pem: Array(text.utf8)).der == expected)
    #expect(try Certificates(pem: Array(text.replacing("\n", with: "\r\n").utf8)).der == expected)
  }

  @Test(
    "what is damaged is said with its line",
    arguments: [
      ("", "holds no PEM certificate"), (TestPEM.key, "holds no PEM certificate"),
      ("\n-----BEGIN CERTIFICATE-----\nMAMCAQE=\n", "has a `CERTIFICATE` in line 2 without an end"),
      ("-----BEGIN CERTIFICATE-----\n" + TestPEM.certificate, "has a `CERTIFICATE` in line 1 without an end"),
      (
        "-----BEGIN CERTIFICATE-----\nMAM\n-----END CERTIFICATE-----",
        "has a `CERTIFICATE` in line 1 that is damaged"
      ),
      (
        "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----",
        "has a `CERTIFICATE` in line 1 that is damaged"
      ),
      (
        "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END KEY-----",
        "has a `CERTIFICATE` in line 1 that is damaged"
      ),
      (
        "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----",
        "has a `CERTIFICATE` in line 1 that is damaged"
      ),
    ])
  func damaged(text: String, problem: String) {
    let found = #expect(throws: PEMProblem.self) { try Certificates(pem: Array(text.utf8)) }
    #expect(found?.message == problem)
  }

  @Test("keys of all kinds are keys, behind other blocks too")
  func keys() throws {
    for kind in ["PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY"] {
      let text = TestPEM.certificate + TestPEM.key.replacing("PRIVATE KEY", with: kind)
      #expect(try PrivateKey(pem: Array(text.utf8)).pem.revealed == Array(text.utf8))
    }
  }

  @Test("an encrypted key cannot be used, in either form")
  func encrypted() {
    let new = TestPEM.key.replacing("PRIVATE KEY", with: "ENCRYPTED PRIVATE KEY")
    let old = TestPEM.key.replacing("MAM", with: "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nMAM")
    for text in [new, old] {
      let found = #expect(throws: PEMProblem.self) { try PrivateKey(pem: Array(text.utf8)) }
      #expect(found?.message.contains("encrypted") == true)
    }
  }
}
