import Testing

@testable import Review

@Suite("WordTable")
struct WordTableTests {
  private func number(_ table: WordTable<String>, _ word: String) -> Int? {
    Array(word.utf8).withUnsafeBytes { table.number(of: $0) }
  }

  private func add(_ table: inout WordTable<String>, _ word: String) -> Int {
    Array(word.utf8).withUnsafeBytes { table.append(word, for: $0) }
  }

  @Test("it remembers thousands of words across its growth")
  func growth() {
    var table = WordTable<String>()
    let words = (0..<5000).map { "namespace-\($0 % 70)/workload-\($0)" }
    for (index, word) in words.enumerated() {
      #expect(number(table, word) == nil)
      #expect(add(&table, word) == index)
    }
    #expect(words.map { number(table, $0) } == Array(0..<5000))
    #expect(table.values == words)
  }

  @Test("words that share a beginning, an end, or differ in length only are different")
  func similar() {
    var table = WordTable<String>()
    let words = [
      "", "a", "aa", "aaaaaaaa", "aaaaaaaaa", "aaaaaaaab", "baaaaaaaa", "\0", "\0\0", "aaaaaaaa\0",
    ]
    for word in words { _ = add(&table, word) }
    #expect(words.map { number(table, $0) } == Array(words.indices))
  }

  @Test("words are bytes: two spellings of one character are two words")
  func bytes() {
    var table = WordTable<String>()
    _ = add(&table, "e\u{301}")
    #expect(number(table, "\u{E9}") == nil)
  }
}
