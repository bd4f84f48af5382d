package import Kubernetes
internal import PolicyModel

extension CalicoPolicy {
  private static let kinds: Set<CalicoKind> = [
    .networkPolicy, .globalNetworkPolicy, .stagedNetworkPolicy, .stagedGlobalNetworkPolicy,
  ]

  /// Reads and validates one of the four kinds as strictly as Calico's own validation
  /// (`libcalico-go/lib/validator/v3`); nil when it would reject the object, which is reported.
  package init?(_ object: ForeignObject, defaultNamespace: String, _ problems: inout [Diagnostic]) {
    let decoded = CalicoEnvelope.read(
      object, Self.kinds, defaultNamespace: defaultNamespace, &problems
    ) { Fields($0, &$1) }
    guard let (meta, fields) = decoded else { return nil }
    self.init(
      meta: meta, enforcement: fields.enforcement, scope: fields.scope, tier: fields.tier,
      order: fields.order,
      selector: fields.selector ?? .everything(at: meta.location),
      serviceAccountSelector: fields.serviceAccountSelector, types: fields.types,
      effectiveTypes: fields.effectiveTypes, ingress: fields.ingress, egress: fields.egress,
      performanceHints: fields.performanceHints)
  }
}

/// The word for a direction in `types`.
private enum TypeName: String, CaseIterable {
  case ingress = "Ingress"
  case egress = "Egress"

  var direction: Direction { self == .ingress ? .ingress : .egress }
}

/// The fields of `spec` while they are read.
private struct Fields {
  private static let mostRules = 1024

  let isGlobal: Bool
  var enforcement = CalicoPolicy.Enforcement.enforced
  var tier = "default"
  var order: Double?
  var selector: CalicoSelector?
  var serviceAccountSelector: CalicoSelector?
  var namespaceSelector: CalicoSelector?
  var stage = CalicoPolicy.PacketStage.tracked(applyOnForward: false)
  var types: [Direction] = []
  var effectiveTypes: Set<Direction> = []
  var ingress: [CalicoRule] = []
  var egress: [CalicoRule] = []
  var performanceHints: [CalicoPolicy.PerformanceHint] = []

  var scope: CalicoPolicy.Scope {
    isGlobal ? .global(.init(namespaceSelector: namespaceSelector, stage: stage)) : .namespaced
  }

  init(_ envelope: CalicoEnvelope, _ problems: inout [Diagnostic]) {
    let isStaged = envelope.kind == .stagedNetworkPolicy || envelope.kind == .stagedGlobalNetworkPolicy
    isGlobal = !envelope.kind.isNamespaced
    var known = [
      "tier", "order", "selector", "serviceAccountSelector", "types", "ingress", "egress", "performanceHints",
    ]
    if isGlobal { known += ["namespaceSelector", "doNotTrack", "preDNAT", "applyOnForward"] }
    if isStaged { known.append("stagedAction") }
    let fields = envelope.spec.map {
      StrictFields(
        $0, type: "\(envelope.kind.rawValue)Spec", known: known,
        consequence: "(a server that drops it changes what the policy does)", &problems)
    }
    if isStaged { enforcement = .staged(CalicoStagedAction(envelope, keeping: ["tier"], &problems)) }
    readPlace(fields, &problems)
    readSubject(fields, &problems)
    ingress = Self.rules(fields, .init(direction: .ingress, isGlobal: isGlobal), &problems)
    egress = Self.rules(fields, .init(direction: .egress, isGlobal: isGlobal), &problems)
    readTypes(fields, envelope, &problems)
    readHints(fields, &problems)
    if isGlobal { readStage(fields, &problems) }
  }

  private mutating func readPlace(_ fields: StrictFields?, _ problems: inout [Diagnostic]) {
    if let node = fields?["tier"], let text = node.string("spec.tier", &problems), !text.isEmpty {
      if let problem = NameRules.subdomainProblem(text) {
        problems.reportInvalid(node, "the tier name `\(text)` \(problem)")
      }
      tier = text
    }
    order = fields?["order"]?.number("spec.order", &problems)
  }

  private mutating func readSubject(_ fields: StrictFields?, _ problems: inout [Diagnostic]) {
    func read(_ name: String, _ reading: FelixReading) -> CalicoSelector? {
      fields?[name].flatMap { CalicoSelector($0, field: "spec.\(name)", felix: reading, &problems) }
    }
    selector = read("selector", .ignoresPolicy)
    serviceAccountSelector = read("serviceAccountSelector", .dropsSubjectCriterion)
    if isGlobal { namespaceSelector = read("namespaceSelector", .dropsSubjectCriterion) }
  }

  private static func rules(
    _ fields: StrictFields?, _ context: CalicoRuleContext, _ problems: inout [Diagnostic]
  ) -> [CalicoRule] {
    let field = "spec.\(context.direction.name)"
    guard let node = fields?[context.direction.name], let list = node.list(field, &problems) else {
      return []
    }
    if list.count > mostRules {
      problems.reportNewLimit(node, "`\(field)` has \(list.count) rules", mostRules)
    }
    return list.compactMap { CalicoRule($0, context, &problems) }
  }

  private mutating func readTypes(
    _ fields: StrictFields?, _ envelope: CalicoEnvelope, _ problems: inout [Diagnostic]
  ) {
    guard let node = fields?["types"], let list = node.list("spec.types", &problems) else {
      fillInTypes(envelope, &problems)
      return
    }
    if list.isEmpty {
      problems.reportInvalid(
        node, "`types` must have one or two entries", fix: "remove it, or write types: [Ingress]")
    }
    let words = list.compactMap { entry in
      entry.word("spec.types[]", as: TypeName.self, &problems).map {
        Located($0.rawValue, at: entry.location)
      }
    }
    problems.reportRepeated(words, field: "spec.types")
    types = words.compactMap { TypeName(rawValue: $0.value)?.direction }
    effectiveTypes = Set(types)
    for (direction, rules) in [(Direction.ingress, ingress), (.egress, egress)]
    where !rules.isEmpty && !types.isEmpty && !types.contains(direction) {
      problems.reportInertRules(direction, list: "types", at: fields?[direction.name]?.location)
    }
  }

  private mutating func fillInTypes(_ envelope: CalicoEnvelope, _ problems: inout [Diagnostic]) {
    if envelope.group == .crdProjectCalico {
      effectiveTypes = [.ingress, .egress]
      if enforcement == .staged(.delete) { return }
      problems.append(
        Diagnostic(
          .legacyForm, .warning,
          "without `types` this policy polices both directions: only `\(CalicoGroup.projectCalico.apiVersion)` fills them in",
          at: envelope.spec?.location ?? envelope.root.location, fix: "write types"))
    } else {
      effectiveTypes = egress.isEmpty ? [.ingress] : ingress.isEmpty ? [.egress] : [.ingress, .egress]
    }
  }

  private mutating func readHints(_ fields: StrictFields?, _ problems: inout [Diagnostic]) {
    let list = fields?["performanceHints"]?.list("spec.performanceHints", &problems) ?? []
    for entry in list {
      guard
        let hint = entry.word("spec.performanceHints[]", as: CalicoPolicy.PerformanceHint.self, &problems)
      else { continue }
      if performanceHints.contains(hint) {
        problems.reportInvalid(
          entry, "`\(hint.rawValue)` stands twice in `spec.performanceHints`", felix: .ignoresPolicy,
          fix: "remove one of them")
      } else {
        performanceHints.append(hint)
      }
    }
  }

  /// `doNotTrack` and `preDNAT` exclude each other and need `applyOnForward`; before DNAT there is no egress.
  private mutating func readStage(_ fields: StrictFields?, _ problems: inout [Diagnostic]) {
    guard let fields else { return }
    func isSet(_ name: String) -> Bool { fields[name]?.bool("spec.\(name)", &problems) ?? false }
    let isUntracked = isSet("doNotTrack")
    let isPreDNAT = isSet("preDNAT")
    let appliesOnForward = isSet("applyOnForward")
    if isUntracked, isPreDNAT, let node = fields["preDNAT"] {
      problems.reportInvalid(node, "`preDNAT` and `doNotTrack` exclude each other")
    }
    if isPreDNAT {
      if let node = fields["egress"], !node.isZero {
        problems.reportInvalid(node, "a policy with `preDNAT` must not have egress rules")
      }
      if types.contains(.egress), let node = fields["types"] {
        problems.reportInvalid(node, "a policy with `preDNAT` must not have the type Egress")
      }
    }
    if !appliesOnForward, let name = isUntracked ? "doNotTrack" : isPreDNAT ? "preDNAT" : nil,
      let node = fields[name]
    {
      problems.reportInvalid(
        node, "`\(name)` needs `applyOnForward: true`", fix: "write applyOnForward: true")
    }
    stage = isUntracked ? .doNotTrack : isPreDNAT ? .preDNAT : .tracked(applyOnForward: appliesOnForward)
  }
}

extension CalicoStagedAction {
  /// Reads `stagedAction`, and checks that nothing but the fields in `kept` stands beside Delete.
  init(_ envelope: CalicoEnvelope, keeping kept: Set<String> = [], _ problems: inout [Diagnostic]) {
    let node = envelope.spec?["stagedAction"].flatMap { $0.isNull ? nil : $0 }
    self = node?.word("spec.stagedAction", as: CalicoStagedAction.self, &problems) ?? .set
    guard self == .delete else { return }
    for (key, value) in envelope.spec?.members ?? []
    where key.keyText != "stagedAction" && !kept.contains(key.keyText) && !value.isZero {
      problems.reportInvalid(
        key, "`\(key.keyText)` must not stand beside `stagedAction: Delete`", fix: "remove it")
    }
  }
}
