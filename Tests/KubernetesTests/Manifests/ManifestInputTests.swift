import Foundation
import Testing

@testable import Kubernetes

@Suite("Finding and opening manifests")
struct ManifestInputTests {
  private static func pod(_ name: String) -> String {
    "apiVersion: v1\nkind: Pod\nmetadata: {name: \(name)}\n"
  }

  @Test("folders are read recursively: .yaml, .yml and .json, in the order of their names")
  func recursion() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    for path in ["b/z.yml", "a.yaml", "b/c/d.json", "b.yaml"] {
      try folder.write(path, Self.pod(path.filter(\.isLetter)))
    }
    try folder.write("b/c/d.json", #"{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "json"}}"#)
    for path in ["x.txt", "yaml", "README.md", "a.yaml.bak", "c.YAML"] {
      try folder.write(path, "not: [yaml")
    }
    let set = await ManifestReader().read(paths: [folder.path])
    #expect(set.diagnostics.isEmpty)
    #expect(set.pods.map(\.meta.name) == ["ayaml", "json", "bzyml", "byaml"])
    #expect(set.files == 4)
  }

  @Test("hidden files and folders are passed over")
  func hiddenEntries() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    for path in [".a.yaml", ".git/b.yaml", "c/.d/e.yaml", "f.yaml"] { try folder.write(path, Self.pod("p")) }
    #expect(await ManifestReader().read(paths: [folder.path]).files == 1)
  }

  @Test("a link to a file is the file: it is read once, under its own name")
  func fileLinks() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let other = try TemporaryFolder()
    defer { other.remove() }
    try folder.write("real/a.yaml", Self.pod("a"))
    try folder.link("a-link.yaml", to: "real/a.yaml")
    try other.write("b.txt", Self.pod("b"))
    try folder.link("b-link.yaml", to: "\(other.path)/b.txt")
    try folder.link("gone.yaml", to: "nowhere")
    try folder.link("gone.txt", to: "nowhere")
    let set = await ManifestReader().read(paths: [folder.path])
    #expect(
      set.pods.map(\.meta.location.file.path)
        == ["real/a.yaml", "b-link.yaml"].map { "\(folder.path)/\($0)" })
    #expect(
      set.diagnostics.map(\.message) == ["cannot read \(folder.path)/gone.yaml: No such file or directory"])
  }

  @Test("a link to a folder is not followed but named, unless its target is read anyway")
  func folderLinks() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let other = try TemporaryFolder()
    defer { other.remove() }
    try folder.write("real/a.yaml", Self.pod("a"))
    try folder.link("loop", to: ".")
    try folder.link("real/sibling", to: "../real")
    try folder.link("shared", to: other.path)
    try folder.link(".hidden", to: other.path)
    try other.write("b.yaml", Self.pod("b"))
    let set = await ManifestReader().read(paths: [folder.path])
    #expect(set.pods.map(\.meta.name) == ["a"])
    #expect(set.diagnostics.map(\.code) == [.linkedFolder] && set.diagnostics.map(\.severity) == [.warning])
    #expect(
      set.diagnostics.map(\.message) == [
        "\(folder.path)/shared is a link to a folder and was not followed"
      ])
    let named = await ManifestReader().read(paths: [folder.path, "\(folder.path)/shared"])
    #expect(named.pods.map(\.meta.name) == ["a", "b"] && named.diagnostics.isEmpty)
    var options = ManifestReader.Options()
    options.excludes = ExcludePatterns(["shared"])
    #expect(await ManifestReader(options: options).read(paths: [folder.path]).diagnostics.isEmpty)
  }

  @Test("a pipe in a folder is passed over instead of waited for")
  func pipes() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.write("a.yaml", Self.pod("a"))
    #expect(mkfifo("\(folder.path)/pipe.yaml", 0o600) == 0)
    #expect(await ManifestReader().read(paths: [folder.path]).files == 1)
  }

  @Test(
    "a file is one input, by whatever names it is given",
    arguments: [
      ["", "/"], ["", "/a.yaml"], ["/a.yaml", ""], ["/a.yaml", "/./a.yaml"], ["/a.yaml", "/sub/../a.yaml"],
      ["/a.yaml", "/sub/link.yaml"], ["/sub/link.yaml", "/a.yaml"], ["/sub/folder", ""],
    ])
  func sameTwice(_ names: [String]) async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.write("a.yaml", Self.pod("a"))
    try folder.write("sub/readme", "")
    try folder.link("sub/link.yaml", to: "../a.yaml")
    try folder.link("sub/folder", to: "..")
    let set = await ManifestReader().read(paths: names.map { folder.path + $0 })
    #expect(set.files == 1 && set.diagnostics.isEmpty)
  }

  @Test("what does not exist or cannot be opened is unreadable, and hides nothing")
  func unreadable() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.write("a.yaml", Self.pod("a"))
    let set = await ManifestReader().read(paths: ["\(folder.path)/none.yaml", folder.path])
    #expect(set.pods.count == 1 && set.isIncomplete)
    #expect(
      set.diagnostics.map(\.message) == ["cannot read \(folder.path)/none.yaml: No such file or directory"])
  }

  @Test(
    "text that is not UTF-8 is unreadable",
    arguments: [
      ([0xFF, 0xFE, 0x61, 0x00], "UTF-16"), ([0xFE, 0xFF, 0x00, 0x61], "UTF-16"),
      ([0x61, 0x3A, 0x20, 0xE9, 0x0A], "UTF-8"),
      ([0x61, 0xC0, 0x80], "UTF-8"),
    ] as [([UInt8], String)])
  func encodings(_ bytes: [UInt8], _ name: String) async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.write("a.yaml", bytes: bytes)
    try folder.write("b.yaml", Self.pod("b"))
    let set = await ManifestReader().read(paths: [folder.path])
    #expect(set.pods.count == 1 && set.isIncomplete)
    #expect(
      set.diagnostics.first?.message.contains("not \(name)") == true
        || set.diagnostics.first?.message.contains("is \(name)") == true)
  }

  @Test("excluded files and folders are not opened")
  func excludes() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    for path in ["a.yaml", "charts/b.yaml", "x/charts/c.yaml", "x/values.yaml"] {
      try folder.write(path, "broken: [")
    }
    try folder.write("x/ok.yaml", Self.pod("ok"))
    var options = ManifestReader.Options()
    options.excludes = ExcludePatterns(["charts/", "values.yaml", "/a.yaml"])
    let set = await ManifestReader(options: options).read(paths: [folder.path])
    #expect(set.pods.map(\.meta.name) == ["ok"] && set.diagnostics.isEmpty)
  }

  @Test("files and folders that are named are left out too, for a shell has expanded the names")
  func excludesNamed() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    for path in ["values.yaml", "charts/b.yaml"] { try folder.write(path, "broken: [") }
    try folder.write("ok.yaml", Self.pod("ok"))
    var options = ManifestReader.Options()
    options.excludes = ExcludePatterns(["charts/", "values.yaml"])
    let names = ["charts", "ok.yaml", "values.yaml"].map { "\(folder.path)/\($0)" }
    let set = await ManifestReader(options: options).read(paths: names)
    #expect(set.pods.map(\.meta.name) == ["ok"] && set.diagnostics.isEmpty)
    let nothing = await ManifestReader(options: options).read(paths: [names[2]])
    #expect(nothing.isIncomplete && nothing.diagnostics.map(\.fix) == ["--exclude leaves out \(names[2])"])
  }

  @Test("nothing to read is an error, not an empty cluster")
  func nothing() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let set = await ManifestReader().read(paths: [folder.path])
    #expect(set.diagnostics.map(\.message) == ["no Kubernetes objects in \(folder.path)"])
    #expect(set.isIncomplete)
  }

  @Test("patches of a kustomization are no objects; render first")
  func kustomization() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.write("base/pod.yaml", Self.pod("a"))
    try folder.write("overlay/patch.yaml", Self.pod("a") + "spec: {hostNetwork: true}\n")
    try folder.write(
      "overlay/kustomization.yaml",
      "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [../base]\npatches: [{path: ./patch.yaml}]\n"
    )
    let set = await ManifestReader().read(paths: [folder.path])
    #expect(set.pods.map(\.template.hostNetwork) == [false])
    #expect(set.diagnostics.map(\.code) == [.renderFirst] && set.diagnostics.map(\.severity) == [.error])
    #expect(
      set.diagnostics.first?.fix == "render first: kustomize build \(folder.path)/overlay/ | merlon check -")
  }

  @Test("a kustomization that only lists resources changes nothing")
  func plainKustomization() async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    try folder.write("a.yaml", Self.pod("a"))
    try folder.write("kustomization.yaml", "resources: [a.yaml]\n")
    let set = await ManifestReader().read(paths: [folder.path])
    #expect(set.diagnostics.isEmpty && set.pods.count == 1)
  }
}

private struct TemporaryFolder {
  private let url = FileManager.default.temporaryDirectory.appending(
    path: "merlon-input-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

  var path: String { url.path }

  func write(_ name: String, _ text: String) throws { try write(name, bytes: Array(text.utf8)) }

  func write(_ name: String, bytes: [UInt8]) throws {
    let file = url.appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
  }

  func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: "\(path)/\(name)", withDestinationPath: target)
  }

  func remove() { try? FileManager.default.removeItem(at: url) }
}
