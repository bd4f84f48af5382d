import Dialects
import Kubernetes

/// What Calico's kinds in a text are after reading, in a form that a test can compare.
struct CalicoReading {
  let objects: [CalicoObject]
  let rejected: Int
  let diagnostics: [Diagnostic]

  init(_ text: String, path: String = "c.yaml") {
    var options = ManifestReader.Options()
    options.keptKinds = CalicoObject.groupKinds
    let manifests = ManifestReader(options: options).readSequentially([ManifestText(path: path, text)])
    var objects: [CalicoObject] = []
    var problems: [Diagnostic] = []
    for object in manifests.foreign {
      if let value = CalicoObject(object, defaultNamespace: "default", &problems) { objects.append(value) }
    }
    self.objects = objects
    rejected = manifests.foreign.count - objects.count
    diagnostics = manifests.diagnostics + problems
  }

  /// An object `p` (in `shop`, if its kind has namespaces) whose spec is this text, which starts in line 4.
  static func spec(
    _ spec: String, kind: CalicoKind = .networkPolicy, apiVersion: String = "projectcalico.org/v3"
  ) -> CalicoReading {
    let metadata = kind.isNamespaced ? "{name: p, namespace: shop}" : "{name: p}"
    return CalicoReading(
      "apiVersion: \(apiVersion)\nkind: \(kind.rawValue)\nmetadata: \(metadata)\nspec: \(spec)\n")
  }

  /// A policy with one ingress rule that starts in column 18 of line 4.
  static func ingress(_ rule: String, kind: CalicoKind = .networkPolicy) -> CalicoReading {
    spec("{ingress: [\(rule)]}", kind: kind)
  }

  /// A policy with one egress rule that starts in column 17 of line 4.
  static func egress(_ rule: String, kind: CalicoKind = .networkPolicy) -> CalicoReading {
    spec("{egress: [\(rule)]}", kind: kind)
  }

  /// The same with an ingress rule that allows from this source, whose first member is in column 43.
  static func source(_ source: String, kind: CalicoKind = .networkPolicy) -> CalicoReading {
    ingress("{action: Allow, source: {\(source)}}", kind: kind)
  }

  var isAccepted: Bool { objects.count == 1 && rejected == 0 && errors.isEmpty }
  var errors: [String] { diagnostics.filter { $0.severity == .error }.map(Self.text) }
  var warnings: [String] { diagnostics.filter { $0.severity == .warning }.map(Self.text) }

  var policy: CalicoPolicy? { if case .policy(let policy)? = objects.first { policy } else { nil } }
  /// The first rule, of ingress if there is one.
  var rule: CalicoRule? { policy?.ingress.first ?? policy?.egress.first }
  /// The criteria of the first rule's source.
  var sourceCriteria: CalicoPeerCriteria? {
    if case .endpoints(let criteria)? = rule?.source.peer { criteria } else { nil }
  }

  private static func text(_ problem: Diagnostic) -> String {
    let place = problem.location.map { "\($0.line):\($0.column) " } ?? ""
    return "\(place)\(problem.message)"
  }
}
