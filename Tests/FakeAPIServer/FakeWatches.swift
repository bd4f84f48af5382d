/// How a server writes to whoever watches. All of it may be called from anywhere, and takes effect in the order of the calls.
struct FakeStream: Sendable {
  let write: @Sendable ([[UInt8]]) -> Void
  /// Ends the answer as it should.
  let end: @Sendable () -> Void
  /// Ends the connection in the middle of the answer.
  let cut: @Sendable () -> Void
  let after: @Sendable (Duration, @escaping @Sendable () -> Void) -> Void
}

/// Watches that are open.
struct FakeWatches: Sendable {
  private struct Watch: Sendable {
    let resource: FakeCluster.Resource
    let stream: FakeStream
    /// Whether nothing comes through any more, and nobody has noticed.
    var isFrozen = false
  }

  private var open: [Int: Watch] = [:]
  private var next = 0
  /// Where events are cut into pieces; nil for one piece for each event.
  var cuts: SplitMix?

  var count: Int { open.count }

  mutating func add(_ resource: FakeCluster.Resource, _ stream: FakeStream) -> Int {
    next += 1
    open[next] = Watch(resource: resource, stream: stream)
    return next
  }

  mutating func remove(_ id: Int) { open[id] = nil }

  mutating func send(_ event: FakeStore.Event) {
    for id in open.keys.sorted() where open[id]?.resource == event.resource {
      write(Self.line(event), to: id)
    }
  }

  mutating func write(_ line: String, to id: Int) {
    guard let watch = open[id], !watch.isFrozen else { return }
    watch.stream.write(pieces(of: Array((line + "\n").utf8)))
  }

  /// Says that nothing happened up to a version.
  mutating func bookmark(_ id: Int, version: Int, endsInitialEvents: Bool = false) {
    guard let resource = open[id]?.resource else { return }
    let ends =
      endsInitialEvents ? #","annotations":{"k8s.io/initial-events-end":"true"}"# : ""
    write(
      Self.line(
        "BOOKMARK", #"{"metadata":{"resourceVersion":"\#(version)","creationTimestamp":null\#(ends)}}"#,
        resource),
      to: id)
  }

  mutating func end(_ id: Int) {
    guard let watch = open[id], !watch.isFrozen else { return }
    watch.stream.end()
    open[id] = nil
  }

  mutating func bookmarkAll(version: Int) {
    for id in open.keys.sorted() { bookmark(id, version: version) }
  }

  mutating func endAll() { for id in open.keys.sorted() { end(id) } }

  mutating func cutAll() {
    for watch in open.values { watch.stream.cut() }
    open = [:]
  }

  mutating func freezeAll() { for id in open.keys { open[id]?.isFrozen = true } }

  mutating func failAll(_ status: String) {
    for id in open.keys.sorted() {
      write(#"{"type":"ERROR","object":\#(status)}"#, to: id)
      end(id)
    }
  }

  static func line(_ event: FakeStore.Event) -> String {
    line(event.kind.rawValue, event.json, event.resource)
  }

  /// In a watch an object has its kind, which it has not in a list.
  private static func line(_ type: String, _ json: String, _ resource: FakeCluster.Resource) -> String {
    #"{"type":"\#(type)","object":{"kind":"\#(resource.kind)","apiVersion":"\#(resource.version)",\#(json.dropFirst())}"#
  }

  static func status(_ code: Int, _ reason: String, _ message: String) -> String {
    #"{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"\#(message)","reason":"\#(reason)","code":\#(code)}"#
  }

  private mutating func pieces(of bytes: [UInt8]) -> [[UInt8]] {
    guard var random = cuts else { return [bytes] }
    defer { cuts = random }
    var pieces: [[UInt8]] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = rest.prefix(Int.random(in: 1...max(rest.count, 2), using: &random))
      pieces.append(Array(piece))
      rest = rest[piece.endIndex...]
    }
    return pieces
  }
}

/// Chance that comes out the same for the same seed.
package struct SplitMix: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
