internal import Dialects
internal import Kubernetes
internal import Yams

// Manifests into typed objects, by size.
extension Benchmark {
  private static var reader: ManifestReader {
    ManifestReader(options: PolicySet.readerOptions(defaultNamespace: "default"))
  }

  static let yaml = Benchmark("yaml") { workbench throws(BenchmarkFailure) in
    try await yamlMeasurements(workbench)
  }

  private static func yamlMeasurements(_ workbench: Workbench) async throws(BenchmarkFailure) -> [Measurement]
  {
    let reader = reader
    let whole = SyntheticCluster(.large).yaml()
    let part = documents(of: whole, bytes: workbench.isQuick ? 1 << 20 : 4 << 20)
    let ours = rate(part, runs: workbench.runs + 2) {
      reader.readSequentially([ManifestText(path: "part.yaml", bytes: part)]).documents
    }
    let text = String(decoding: part, as: UTF8.self)
    let theirs = rate(part, runs: 1) {
      (try? Yams.load_all(yaml: text).reduce(0) { count, _ in count + 1 }) ?? 0
    }
    guard ours.count == theirs.count else {
      throw BenchmarkFailure("read \(ours.count) documents where Yams reads \(theirs.count)")
    }
    let texts = [ManifestText(path: "whole.yaml", bytes: whole)]
    let one = rate(whole, runs: workbench.runs) { reader.readSequentially(texts).documents }
    let sequential = await WallClock.measure { reader.readSequentially(texts).documents }
    let parallel = await WallClock.measure { await reader.read(texts).documents }
    let size = (Double(whole.count) / 1e6).shortText
    return [
      Measurement(
        work: "YAML into objects, \(size) MB, one core", value: one.rate, unit: .megabytesPerCPUSecond),
      Measurement(
        work: "  the first \((Double(part.count) / 1e6).shortText) MB", value: ours.rate,
        unit: .megabytesPerCPUSecond),
      Measurement(
        work: "  Yams.load_all on the same text", value: theirs.rate, unit: .megabytesPerCPUSecond),
      Measurement(
        work: "  one by the other", value: ours.rate / theirs.rate, unit: .times, limit: .atLeast(10)),
      Measurement(
        work: "  two cores by one, wall time", value: sequential.seconds / parallel.seconds, unit: .times),
    ]
  }

  static let json = Benchmark("json") { jsonMeasurements($0) }

  private static func jsonMeasurements(_ workbench: Workbench) -> [Measurement] {
    let reader = reader
    var shape = Shape.pods
    shape.podsPerWorkload = 0
    let list = SyntheticCluster(shape).podList(bytes: workbench.isQuick ? 10_000_000 : 50_000_000)
    let result = rate(list, runs: workbench.runs) {
      reader.readSequentially([ManifestText(path: "pods.json", bytes: list)]).pods.count
    }
    return [
      Measurement(
        work: "JSON PodList into objects, \((Double(list.count) / 1e6).shortText) MB, \(result.count) pods",
        value: result.rate, unit: .megabytesPerCPUSecond, limit: .atLeast(50))
    ]
  }

  /// Megabytes in a CPU second, and how much was found.
  private static func rate(_ text: [UInt8], runs: Int, _ read: () -> Int) -> (rate: Double, count: Int) {
    let (count, seconds) = CPUClock.best(of: runs, read)
    return (Double(text.count) / 1e6 / seconds, count)
  }

  /// As many whole documents as fit.
  private static func documents(of text: [UInt8], bytes: Int) -> [UInt8] {
    var end = min(bytes, text.count)
    while end > 4, end < text.count, !text[(end - 4)..<end].elementsEqual("\n---".utf8) { end -= 1 }
    return Array(text[..<(end < text.count ? end - 3 : end)])
  }
}
