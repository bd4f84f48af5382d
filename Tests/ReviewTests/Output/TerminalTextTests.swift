import Testing

@testable import Review

@Suite("Text for terminals")
struct TerminalTextTests {
  @Test("control characters are shown, colours of our own stay")
  func safe() {
    #expect(TerminalText.safe("plain é\n\ttext") == "plain é\n\ttext")
    #expect(TerminalText.safe("a\u{1B}]0;pwn\u{07}b\r") == "a\\u{1B}]0;pwn\\u{7}b\\u{D}")
    #expect(TerminalText.safe("\u{85}\u{7F}") == "\\u{85}\\u{7F}")
    #expect(TerminalText.safe("\u{202E}a\u{61C}…") == "\\u{202E}a\\u{61C}…")
    let coloured = TextStyle(usesColor: true).red("x")
    #expect(TerminalText.safe(coloured) == coloured)
    #expect(TerminalText.safe("\u{1B}[2J") == "\\u{1B}[2J")
  }
}
