internal import Dialects
internal import Kubernetes

/// Policies as files for a Helm chart: a template with every engine's policies, of which a value chooses.
///
/// The template keeps to what Helm and a few lines of code evaluate alike: `if`, `else if`, `else` and `end`, `eq` of a
/// value and a text, `fail`, comments, and `.Values`, `.Release.Namespace` and `.Release.Name` as they are.
public struct ChartFiles: Sendable {
  /// One file of the chart.
  public struct File: Sendable, Hashable {
    /// From the chart's folder: `templates/networkpolicy.yaml`.
    public let path: String
    /// All of it, with a line break at its end.
    public let text: String
  }

  /// Sorted by path.
  public let files: [File]

  /// - Parameters:
  ///   - renderings: of an intent whose namespace and release are ``Placeholder``s; each dialect once.
  ///   - engine: the one that the chart chooses by itself.
  ///   - isEnabled: whether the chart writes policies by itself.
  init(_ renderings: [Rendering], engine: Dialect, isEnabled: Bool) {
    let engines = renderings.map(\.dialect)
    files = [
      File(path: "templates/networkpolicy.yaml", text: Self.template(renderings)),
      File(path: "values.schema.json", text: Self.schema(engines)),
      File(path: "values.yaml", text: Self.values(engines, engine, isEnabled)),
    ]
  }

  /// What stands for what only Helm knows, until the template is written.
  enum Placeholder {
    static let namespace = "merlon-namespace-of-release"
    static let release = "merlon-name-of-release"
  }

  // MARK: - The template

  private static func template(_ renderings: [Rendering]) -> String {
    var text = """
      {{- /* Written by `merlon render --chart`: write it again rather than change it. */ -}}
      {{- if .Values.networkPolicy.enabled }}

      """
    for (index, rendering) in renderings.enumerated() {
      text +=
        "{{- \(index == 0 ? "if" : "else if") eq .Values.networkPolicy.engine \"\(rendering.dialect.rawValue)\" }}\n"
      text += rendering.written.objects.map { templated($0.data).yaml }.joined(separator: "---\n")
    }
    let names = renderings.map(\.dialect.rawValue).joined(separator: ", ")
    return text + """
      {{- else }}
      {{- fail "networkPolicy.engine must be one of \(names)" }}
      {{- end }}
      {{- end }}

      """
  }

  /// The data with actions in place of placeholders. A text that begins with an action is quoted, as every text that
  /// begins with a brace, so that whatever Helm puts there stays text.
  private static func templated(_ data: DataValue) -> DataValue {
    switch data {
    case .string(let text): .string(templated(text))
    case .integer, .number, .bool: data
    case .list(let elements): .list(elements.map { templated($0) })
    case .object(let members): .object(members.map { .init(templated($0.key), templated($0.value)) })
    case .noted(let notes, let value): .noted(notes, templated(value))
    }
  }

  private static func templated(_ text: String) -> String {
    text.replacing("{{", with: "{{ `{{` }}")
      .replacing(Placeholder.namespace, with: "{{ .Release.Namespace }}")
      .replacing(Placeholder.release, with: "{{ .Release.Name }}")
  }

  // MARK: - Values

  private static let enabledText = "Whether to write network policies."
  private static let engineText =
    "Whose policies to write. They mean the same, but for what the chart's author accepted."

  private static func values(_ engines: [Dialect], _ engine: Dialect, _ isEnabled: Bool) -> String {
    """
    networkPolicy:
      # -- \(enabledText)
      enabled: \(isEnabled)
      # -- \(engineText)
      # One of: \(engines.map(\.rawValue).joined(separator: ", "))
      engine: \(engine.rawValue)

    """
  }

  private static func schema(_ engines: [Dialect]) -> String {
    let policy = DataValue.members(
      ("type", "object"), ("additionalProperties", false), ("required", .list(["enabled", "engine"])),
      (
        "properties",
        .members(
          ("enabled", .members(("type", "boolean"), ("description", .string(enabledText)))),
          (
            "engine",
            .members(
              ("type", "string"), ("enum", .list(engines.map { .string($0.rawValue) })),
              ("description", .string(engineText)))
          ))
      ))
    return DataValue.members(
      ("$schema", "http://json-schema.org/draft-07/schema#"), ("type", "object"),
      ("required", .list(["networkPolicy"])), ("properties", .members(("networkPolicy", policy)))
    ).prettyJSON
  }
}
