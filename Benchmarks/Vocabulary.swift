/// The words that names and labels are made of.
enum Vocabulary {
  static let purposes = ["core", "edge", "data", "jobs", "web", "lab", "legacy", "shared"]
  static let tiers = ["frontend", "backend", "data"]
  /// Repetition is weight.
  static let environments = ["production", "production", "production", "staging", "staging", "development"]

  private static let teams = [
    "orders", "search", "identity", "billing", "logistics", "catalog", "growth", "risk", "media", "support",
    "pricing", "partners", "mobile", "insights", "loyalty", "content", "devices", "travel", "claims", "ads",
    "ledger", "network", "maps", "people",
  ]

  private static let nouns = [
    "account", "address", "alert", "auction", "audit", "basket", "booking", "budget", "calendar", "campaign",
    "card", "chat", "contract", "coupon", "currency", "customer", "delivery", "device", "document", "event",
    "feed", "fleet", "forecast", "fraud", "gallery", "gift", "image", "invoice", "journal", "label", "limit",
    "listing", "mail", "market", "member", "message", "offer", "parcel", "payout", "permit", "profile",
    "quote", "rating", "refund", "report", "return", "review", "route", "session", "stock", "tax", "ticket",
    "token", "video", "voucher", "wallet",
  ]

  static func team(_ index: Int) -> String {
    numbered(teams[index % teams.count], index / teams.count)
  }

  /// A different name for each index: one noun, then two, then numbers.
  static func application(_ index: Int) -> String {
    let noun = nouns[index % nouns.count]
    let round = index / nouns.count
    guard round > 0 else { return noun }
    let (again, second) = (round - 1).quotientAndRemainder(dividingBy: nouns.count)
    return numbered("\(noun)-\(nouns[second])", again)
  }

  private static func numbered(_ name: String, _ round: Int) -> String {
    round == 0 ? name : "\(name)-\(round + 1)"
  }
}
