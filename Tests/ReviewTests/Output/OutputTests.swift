import Testing

@testable import Review

@Suite("Output and its parts")
struct OutputTests {
  @Test("pieces of every size arrive whole and in order", arguments: 1...9)
  func sizes(capacity: Int) {
    let pieces = (0..<40).map { String(repeating: String($0 % 10), count: $0 % 13) }
    let text = collected(capacity: capacity) { output in
      for (index, piece) in pieces.enumerated() {
        if index.isMultiple(of: 2) { output.write(piece) } else { output.write(Array(piece.utf8)) }
      }
    }
    #expect(text == pieces.joined())
  }

  @Test(
    "nothing is handed on before it must be, and no more than the capacity at a time unless one write is larger"
  )
  func flushing() {
    var sizes: [Int] = []
    let output = Output(capacity: 8) { sizes.append($0.count) }
    output.write("12345678")
    #expect(sizes.isEmpty)
    output.write("9")
    #expect(sizes == [8])
    output.write("a piece larger than the buffer")
    #expect(sizes == [8, 1, 30])
    output.write("")
    output.flush()
    output.flush()
    #expect(sizes == [8, 1, 30])
  }

  @Test("a pool writes each text as it was, empty ones and unicode included")
  func pool() {
    var pool = TextPool(["a", "", "日本"])
    #expect(pool.append("last") == 3)
    let text = collected { output in
      for number in [3, 2, 1, 0, 2] { pool.write(number, to: output) }
    }
    #expect(text == "last日本a日本")
  }

  @Test("columns line up, numbers at the right, without blanks at line ends")
  func table() {
    var table = TextTable(["NAME", "COUNT", "NOTE"], rightAligned: [1])
    table.add(["a", "1", ""])
    table.add(["länger", "1000", "x"])
    #expect(table.lines == ["  NAME    COUNT  NOTE", "  a           1", "  länger   1000  x"])
  }

  @Test("colours wrap a text, or nothing")
  func style() {
    #expect(TextStyle(usesColor: true).red("x") == "\u{1B}[31mx\u{1B}[0m")
    #expect(TextStyle.plain.red("x") == "x")
  }
}
