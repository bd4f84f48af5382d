import Kubernetes
import SourceGroups
import Testing

@Suite("Requirements")
struct RequirementsTests {
  @Test("that mean the same are equal, whatever the order and repetitions in which they are written")
  func normalForm() {
    let written = Requirements([
      LabelRequirement(key: "tier", .isIn(["b", "a", "b"])), LabelRequirement(key: "app", .exists),
      LabelRequirement(key: "app", .exists),
    ])
    #expect(
      written
        == Requirements([
          LabelRequirement(key: "app", .exists), LabelRequirement(key: "tier", .isIn(["a", "b"])),
        ]))
  }

  @Test("hold for labels that meet all of them", arguments: [("a", true), ("c", false)])
  func matching(tier: String, verdict: Bool) {
    let requirements = Requirements([
      LabelRequirement(key: "tier", .isIn(["a", "b"])), LabelRequirement(key: "canary", .doesNotExist),
    ])
    #expect(requirements.matches(Labels(["tier": tier])) == verdict)
    #expect(!requirements.matches(Labels(["tier": tier, "canary": "yes"])))
  }
}
