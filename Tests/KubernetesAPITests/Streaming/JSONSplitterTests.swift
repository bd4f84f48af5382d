import Testing

@testable import KubernetesAPI

@Suite("Objects out of a stream of JSON")
struct JSONSplitterTests {
  private static func split(
    _ text: String, _ cut: JSONSplitter.Cut, piece: Int
  ) throws -> (objects: [String], splitter: JSONSplitter) {
    var splitter = JSONSplitter(cut)
    var objects: [String] = []
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let next = rest.prefix(piece)
      try splitter.append(Array(next)) { objects.append(String(decoding: $0, as: UTF8.self)) }
      rest = rest[next.endIndex...]
    }
    return (objects, splitter)
  }

  private static let hard = #"{"a":"}]\"{","b":[{"c":"\\"},[]],"d":"é"}"#

  @Test("are the same wherever its pieces are cut", arguments: 1...40)
  func pieces(piece: Int) throws {
    let sequence = Self.hard + "\n{}\r\n " + Self.hard + "\n"
    #expect(try Self.split(sequence, .sequence, piece: piece).objects == [Self.hard, "{}", Self.hard])
    let list =
      #"{"kind":"PodList","x":{"items":[{"n":0}]},"metadata":{"continue":"items"},"items":[\#(Self.hard), {} ,\#(Self.hard)],"y":[{}]}"#
    let (objects, splitter) = try Self.split(list, .items, piece: piece)
    #expect(objects == [Self.hard, "{}", Self.hard])
    #expect(
      String(decoding: splitter.envelope, as: UTF8.self)
        == #"{"kind":"PodList","x":{"items":[{"n":0}]},"metadata":{"continue":"items"},"items":[],"y":[{}]}"#)
  }

  @Test("end where the stream may end")
  func end() throws {
    #expect(try Self.split("{}\n", .sequence, piece: 9).splitter.isComplete)
    #expect(try Self.split("", .sequence, piece: 9).splitter.isComplete)
    #expect(!(try Self.split(#"{}{"a":1"#, .sequence, piece: 9).splitter.isComplete))
    #expect(!(try Self.split(#"{}{"#, .sequence, piece: 9).splitter.isComplete))
  }

  @Test("are nothing else", arguments: ["[]", "null", #""x""#, "{} x", "}"])
  func others(text: String) {
    #expect(throws: JSONSplitter.Problem.noObject) { try Self.split(text, .sequence, piece: 1) }
  }

  @Test("stay in the envelope when `items` has something else than objects")
  func strangers() throws {
    let (objects, splitter) = try Self.split(#"{"items":[null,{"a":1},7]}"#, .items, piece: 2)
    #expect(objects == [#"{"a":1}"#])
    #expect(String(decoding: splitter.envelope, as: UTF8.self) == #"{"items":[null7]}"#)
  }

  @Test("have a limit")
  func limit() {
    var splitter = JSONSplitter(.sequence)
    let piece = [UInt8](repeating: UInt8(ascii: "x"), count: 1 << 20)
    #expect(throws: JSONSplitter.Problem.tooLarge) {
      try splitter.append(Array(#"{"a":""#.utf8)) { _ in }
      for _ in 0..<10 { try splitter.append(piece) { _ in } }
    }
  }
}
