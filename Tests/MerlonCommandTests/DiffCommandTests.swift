import Foundation
import Testing

@Suite("merlon diff")
struct DiffCommandTests {
  private static let world = """
    apiVersion: v1
    kind: Namespace
    metadata: {name: shop}
    ---
    apiVersion: v1
    kind: Pod
    metadata: {name: web, namespace: shop, labels: {app: web}}
    spec: {containers: []}
    """
  private static let deny = """
    apiVersion: networking.k8s.io/v1
    kind: NetworkPolicy
    metadata: {name: deny, namespace: shop}
    spec: {podSelector: {}}
    """

  /// A repository whose first commit is open and whose second one denies, with an open working tree.
  private func repository() throws -> TemporaryFolder {
    try TemporaryFolder.repository(
      """
      mkdir -p deploy/.hidden && cat > deploy/world.yaml <<'END'
      \(Self.world)
      END
      echo 'not: [yaml' > deploy/.hidden/x.yaml
      echo 'kind: Pod' > README.md
      git add -A && git commit -qm one
      cat > deploy/deny.yaml <<'END'
      \(Self.deny)
      END
      git add -A && git commit -qm two && rm deploy/deny.yaml
      """)
  }

  private func diff(_ arguments: String, in folder: TemporaryFolder) throws -> Program.Result {
    try Program.shell("cd '\(folder.url.path)' && \"$merlon\" diff \(arguments)")
  }

  @Test("two revisions: exactly the change, with the places in git's own spelling")
  func revisions() throws {
    let folder = try repository()
    let result = try diff("HEAD~1..HEAD -- deploy/", in: folder)
    #expect(result.errors == "")
    #expect(result.output.hasPrefix("NetworkPolicy shop/deny added (HEAD:deploy/deny.yaml:3)\n"))
    #expect(result.output.contains("  - any address -> shop/web  all\n"))
    #expect(result.output.hasSuffix("1 connection closed\n"))
    #expect(result.status == 0)
    #expect(try diff("HEAD~1...HEAD", in: folder).output.hasSuffix("1 connection closed\n"))
    #expect(try diff("HEAD~1 HEAD -- deploy", in: folder).output.hasSuffix("1 connection closed\n"))
  }

  @Test("git and the working tree are read alike: links, names without an ending, hidden folders, --exclude")
  func sameReading() throws {
    let folder = try repository()
    let script = """
      cd '\(folder.url.path)' && git checkout -q . && mkdir real 'deploy/ünïcode' && cp deploy/world.yaml real/linked.yaml
      sed -i 's/name: web,/name: linked,/' real/linked.yaml && ln -s ../real/linked.yaml deploy/link.yaml
      ln -s world.yaml deploy/again.yaml && ln -s ../real deploy/folder && ln -s nowhere deploy/dangling.txt
      sed 's/name: web,/name: deep,/' deploy/world.yaml > 'deploy/ünïcode/deep.yaml'
      sed 's/name: web,/name: plain,/' deploy/world.yaml > deploy/plain.txt
      mkdir deploy/vendor && sed 's/name: web,/name: vendored,/' deploy/world.yaml > deploy/vendor/v.yaml
      git add -A && git commit -qm three
      """
    let made = try Program.shell(script)
    try #require(made.status == 0, "\(made.errors)")
    let same = "Nothing changed in effect: the same may flow between all ends\n"
    for arguments in [
      "HEAD -- deploy", "HEAD -- ./deploy/", "HEAD -- '\(folder.url.path)/deploy'",
      "HEAD -- deploy/plain.txt",
      "HEAD -- deploy/.hidden/../world.yaml", "--exclude 'vendor/*.yaml' HEAD -- deploy",
      "--exclude /vendor HEAD -- deploy",
      "HEAD -- 'deploy/ünïcode'", "HEAD -- deploy/link.yaml",
    ] {
      let result = try diff(arguments, in: folder)
      #expect(result.output == same, "\(arguments): \(result.output)\(result.errors)")
    }
    // The link's target changes, and the link's text does not.
    _ = try Program.shell(
      "cd '\(folder.url.path)' && sed -i 's/name: linked/name: other/' real/linked.yaml && git commit -qam four"
    )
    #expect(
      try diff("HEAD~1..HEAD -- deploy", in: folder).output.hasSuffix("1 workload new, 1 workload gone\n"))
    _ = try Program.shell("cd '\(folder.url.path)' && rm deploy/plain.txt")
    #expect(try diff("HEAD -- deploy/plain.txt", in: folder).output.contains("gone"))
  }

  @Test("names of files are printed without control characters")
  func controlCharacters() throws {
    let folder = try repository()
    _ = try Program.shell(
      "cd '\(folder.url.path)' && echo 'kind: [' > $'deploy/bad\\e[31m\\n.yaml' && git add -A && git commit -qm bad"
    )
    let result = try diff("HEAD~1..HEAD -- deploy", in: folder)
    #expect(result.status == 3)
    #expect(!result.errors.contains("\u{1B}]") && !result.errors.isEmpty)
  }

  @Test("one revision is compared with the working tree")
  func workingTree() throws {
    let result = try diff("HEAD -- deploy", in: try repository())
    #expect(result.output.hasPrefix("NetworkPolicy shop/deny removed (was HEAD:deploy/deny.yaml:3)\n"))
    #expect(result.output.hasSuffix("1 connection opened\n"))
  }

  @Test(
    "--fail-on decides about the exit code",
    arguments: [
      ("", 0), ("--fail-on removed", 1), ("--fail-on added", 0), ("--fail-on any", 1),
      ("--fail-on internet", 0),
      ("--fail-on added --fail-on removed", 1),
    ])
  func failOn(_ options: String, _ status: Int32) throws {
    #expect(try diff("\(options) HEAD~1..HEAD -- deploy", in: try repository()).status == status)
  }

  @Test("--fail-on with a file of rules says which rule a row breaks")
  func rules() throws {
    let folder = try repository()
    try folder.add("rules.yaml", "rules: [{name: web stays open, change: removed, to: shop/web}]")
    let result = try diff("--fail-on rules.yaml HEAD~1..HEAD -- deploy", in: folder)
    #expect(result.status == 1)
    #expect(
      result.errors == "merlon: rule \"web stays open\" (rules.yaml:1): any address -> shop/web - all\n")
    #expect(try diff("--fail-on missing.yaml HEAD~1..HEAD -- deploy", in: folder).status == 3)
    try folder.add("rules.yaml", "rules: [{name: a, chnage: any}]")
    #expect(try diff("--fail-on rules.yaml HEAD~1..HEAD -- deploy", in: folder).status == 2)
  }

  @Test("no change in effect says so and is 0, even with --fail-on any")
  func unchanged() throws {
    let folder = try repository()
    let result = try diff("--fail-on any HEAD HEAD -- deploy", in: folder)
    #expect(result.output == "Nothing changed in effect: the same may flow between all ends\n")
    #expect(result.status == 0)
  }

  @Test("folders, files and standard input")
  func paths() throws {
    let folder = try TemporaryFolder()
    try folder.add("old.yaml", Self.world)
    try folder.add("new.yaml", Self.world + "\n---\n" + Self.deny)
    #expect(try diff("old.yaml new.yaml", in: folder).output.hasSuffix("1 connection closed\n"))
    #expect(try diff("new.yaml - < old.yaml", in: folder).output.hasSuffix("1 connection opened\n"))
  }

  @Test(
    "what cannot be read is 3, what makes no sense is 2",
    arguments: [
      ("nowhere..HEAD -- deploy", 3), ("HEAD -- nowhere", 3), ("HEAD..HEAD -- nowhere", 3), ("deploy", 3),
      ("deploy missing", 3), ("- -", 2), ("a..b c -- d", 2), ("", 2), ("--profile all a b", 2),
    ])
  func problems(_ arguments: String, _ status: Int32) throws {
    let result = try diff(arguments, in: try repository())
    #expect(result.status == status)
    #expect(!result.errors.isEmpty)
    #expect(result.output == "")
  }
}
