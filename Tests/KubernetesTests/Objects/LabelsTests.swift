import Testing

@testable import Kubernetes

/// Labels are the same whether replicas share their storage or not.
@Suite("Labels of replicas")
struct LabelsTests {
  /// Pods of one StatefulSet with these labels, each a YAML mapping, one document a pod.
  private func pods(_ labels: String..., owners: [String] = []) -> [Labels] {
    let documents = labels.enumerated().map { index, labels in
      let owner = owners.isEmpty ? "s" : owners[index]
      return """
        apiVersion: v1
        kind: Pod
        metadata:
          name: s-\(index)
          ownerReferences: [{kind: StatefulSet, name: \(owner), controller: true}]
          labels: {\(labels)}
        """
    }
    return Reading(documents.joined(separator: "\n---\n")).manifests.pods.map(\.meta.labels)
  }

  @Test(
    "each replica has its own values, equal or not",
    arguments: [["0", "1", "2"], ["0", "1", "0"], ["0", "0", "1"], ["0", "1", "1"], ["0", "0", "0"]])
  func values(_ indices: [String]) {
    let replicas = pods(
      "app: a, index: \(indices[0])x, zone: z", "app: a, index: \(indices[1])x, zone: z",
      "app: a, index: \(indices[2])x, zone: z")
    for (replica, index) in zip(replicas, indices) {
      let alone = Labels(["app": "a", "index": "\(index)x", "zone": "z"])
      #expect(replica == alone && alone == replica && replica.hashValue == alone.hashValue)
      #expect(replica["index"] == "\(index)x" && replica["app"] == "a" && replica["other"] == nil)
      #expect(replica.entries.map(\.value) == ["a", "\(index)x", "z"])
    }
    for (a, first) in zip(replicas, indices) {
      for (b, second) in zip(replicas, indices) { #expect((a == b) == (first == second)) }
    }
  }

  @Test("each replica knows its own places")
  func places() {
    let places = pods("app: a, index: x0", "app: a, index: x1", "app: a, index: x2").map {
      $0.location(of: "index")?.description
    }
    #expect(places == ["a.yaml:6:20", "a.yaml:13:20", "a.yaml:20:20"])
  }

  @Test("pods with other keys, in another layout or of another controller keep what they have")
  func unlike() {
    let keys = pods("app: a, index: x0", "app: a, other: x1", "app: a")
    #expect(keys[1] == Labels(["app": "a", "other": "x1"]) && keys[2] == Labels(["app": "a"]))
    let layout = pods("app: a, index: x0", "app: a,  index: x1")
    #expect(layout[1].location(of: "index")?.description == "a.yaml:13:21")
    let owners = pods("app: a, index: x0", "app: b, index: x1", owners: ["s", "t"])
    #expect(owners[1] == Labels(["app": "b", "index": "x1"]))
  }

  @Test("labels that are added to a replica's go beside its own values")
  func adding() {
    let added = pods("app: a, index: x0", "app: a, index: x1")[1].adding(["more": "m", "index": "none"])
    #expect(added == Labels(["app": "a", "index": "x1", "more": "m"]))
  }

  @Test(
    "all of one are among the other's: a superset",
    arguments: [
      (["app": "a"], true), (["app": "a", "index": "x1"], true), ([:], true),
      (["app": "a", "index": "x0"], false),
      (["app": "b"], false), (["zone": "z"], false), (["aaa": "a"], false),
    ])
  func superset(_ wanted: [String: String], _ isSuperset: Bool) {
    #expect(pods("app: a, index: x0", "app: a, index: x1")[1].isSuperset(of: Labels(wanted)) == isSuperset)
  }

  @Test("a lens sees differences in the keys that are looked at, and no others")
  func lens() {
    let replicas =
      pods("app: a, index: x0", "app: a, index: x1", "app: b, index: x0") + [Labels(["app": "a"])]
    let alone = Labels(["app": "a", "index": "x7"])
    let pairs = [
      (replicas[0], replicas[1]), (replicas[1], alone), (replicas[0], replicas[2]),
      (replicas[1], replicas[2]),
      (replicas[0], replicas[3]), (alone, alone),
    ]
    func seen(looking key: String) -> [Bool] {
      var lens = Labels.Lens { $0 == key }
      return pairs.map { lens.areAlike($0.0, $0.1) }
    }
    #expect(seen(looking: "app") == [true, true, false, false, false, true])
    #expect(seen(looking: "index") == [false, false, true, false, false, true])
  }
}
