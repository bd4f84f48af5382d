package import Kubernetes

/// Manifests with the expectations that lie among them.
package struct TestInput: Sendable {
  package let input: ClusterInput
  /// In the order of the input.
  package let suites: [TestSuite]
  /// What is wrong with the expectations; every one is an error.
  package let problems: [Diagnostic]

  /// Reads everything that paths name: manifests, ConnectivityTests among them, and test files of NetAssert, which must be
  /// named themselves.
  ///
  /// - Parameter options: those of the reader; the kind of expectations is added.
  package static func load(
    paths: [String], options: ManifestReader.Options, settings: Settings
  ) async -> TestInput {
    var problems: [Diagnostic] = []
    var suites: [TestSuite] = []
    var manifestPaths: [String] = []
    for path in paths {
      if let list = NetassertFile(path: path) {
        problems += list.problems
        if let root = list.root { suites.append(TestSuite(netassert: root, &problems)) }
      } else {
        manifestPaths.append(path)
      }
    }
    var options = options
    options.keptKinds.insert(TestSuite.groupKind)
    var manifests = await ManifestReader(options: options).read(paths: manifestPaths)
    for object in manifests.foreign where object.groupKind == TestSuite.groupKind {
      suites.append(TestSuite(object.root, &problems))
    }
    manifests.foreign.removeAll { $0.groupKind == TestSuite.groupKind }
    return TestInput(
      input: ClusterInput(manifests, defaultNamespace: options.defaultNamespace, settings: settings),
      suites: suites, problems: problems.sortedByLocation())
  }
}

extension TestSuite {
  /// The suites of a text, which may have manifests beside them, and what is wrong with it.
  package static func read(_ text: ManifestText) -> (suites: [TestSuite], problems: [Diagnostic]) {
    var options = ManifestReader.Options()
    options.keptKinds = [groupKind]
    let manifests = ManifestReader(options: options).readSequentially([text])
    var problems = manifests.diagnostics
    let suites = manifests.foreign.map { TestSuite($0.root, &problems) }
    return (suites, problems)
  }
}

/// A file that is one list and no manifest.
private struct NetassertFile {
  let root: Node?
  let problems: [Diagnostic]

  /// Nil for everything else.
  init?(path: String) {
    guard path != "-", ManifestText.startsWithList(path: path) else { return nil }
    let text = SettingsText(path: path)
    guard text.root.map(TestSuite.isNetassert) ?? true else { return nil }
    root = text.root
    problems = text.problems
  }
}
