internal import Dialects
internal import Kubernetes

/// Something that an intent means and a dialect cannot say, and what was written instead.
public struct Loss: Sendable, Hashable, CustomStringConvertible {
  /// The stable name of a kind of loss, by which it is accepted: `"outside-ingress"`.
  public struct Name: Sendable, Hashable, Comparable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// In words.
    public let description: String

    /// Any text; a name that no loss has accepts nothing.
    public init(_ name: String) { description = name }
    /// Any text.
    public init(stringLiteral name: String) { description = name }

    /// Why no loss is called so, for people; nil for names of losses.
    package var problem: String? {
      let name = Dialects.Loss.Name(rawValue: description)
      return Dialects.Loss.Name.all.contains(name) ? nil : Dialects.Loss.Name.unknownText(description)
    }

    /// By their text.
    public static func < (left: Name, right: Name) -> Bool { left.description < right.description }
  }

  /// What it is called.
  public let name: Name
  /// Whether connections are let through that were meant to be denied.
  public let widens: Bool
  /// Whether connections are denied that were meant to be let through.
  public let narrows: Bool
  /// What cannot be said and what is written instead.
  public let message: String
  /// Where the policy or rule is declared: `Shop/Policies.swift:12`.
  public let location: String
  /// What the author could do, when there is one clear thing.
  public let fix: String?

  init(_ loss: Dialects.Loss) {
    name = Name(loss.name.rawValue)
    widens = loss.effect.contains(.widens)
    narrows = loss.effect.contains(.narrows)
    message = loss.message
    location = loss.location.description
    fix = loss.fix
  }

  /// `Shop/Policies.swift:12: outside-ingress (widens): …`.
  public var description: String {
    let effects = [widens ? "widens" : nil, narrows ? "narrows" : nil].compactMap { $0 }
    return "\(location): \(name)\(effects.isEmpty ? "" : " (\(effects.joined(separator: ", ")))"): \(message)"
  }
}
