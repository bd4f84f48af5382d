package import PolicyEngine

/// Cuts a text into flow lines and remembers what their ends stand for, so that a million lines over a thousand
/// names resolve each name once.
package struct FlowLines {
  private let parser: FlowParser
  private var ends: [Substring: Result<FlowEnd, FlowLineError>] = [:]
  private var traffics: [Substring: Result<FlowTraffic, FlowLineError>] = [:]

  package init(_ parser: FlowParser) {
    self.parser = parser
  }

  /// Reads a line. O(length) once its words are known.
  package mutating func flow(_ line: Substring) throws(FlowLineError) -> Flow {
    var words = line.split(maxSplits: 4) { $0 == " " || $0 == "\t" || $0 == "\r" }
    // A missing blank around the arrow or a comment at the end is left to the parser's message.
    guard words.count == 4, words[1] == "->" else { return try parser.parse(String(line)) }
    let traffic = try traffic(words.removeLast()).get()
    let source = try end(words[0]).get()
    let destination = try end(words[2]).get()
    return try parser.flow(from: source, to: destination, traffic)
  }

  private mutating func end(_ text: Substring) -> Result<FlowEnd, FlowLineError> {
    if let known = ends[text] { return known }
    let result = Result { () throws(FlowLineError) in try parser.end(String(text)) }
    ends[text] = result
    return result
  }

  private mutating func traffic(_ text: Substring) -> Result<FlowTraffic, FlowLineError> {
    if let known = traffics[text] { return known }
    let result = Result { () throws(FlowLineError) in try FlowParser.traffic(String(text)) }
    traffics[text] = result
    return result
  }
}
