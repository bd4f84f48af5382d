internal import Glibc

/// Why a ruleset is not in force.
package enum RulesetError: Error, Sendable, Hashable {
  /// There is no program `nft`.
  case noProgram
  /// The program does not take the text, in its words.
  case refused(String)
  /// The program cannot be started.
  case system(NetlinkError)
}

extension RulesetError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noProgram: "cannot load rules: there is no program nft; install the package nftables"
    case .refused(let words): "nft does not take the rules: \(words)"
    case .system(let error): error.description
    }
  }
}

extension NetworkNamespace {
  /// Loads rules with the program `nft` in the namespace: all of them at one moment, or none.
  package func load(ruleset: String) throws(RulesetError) {
    let problem: RulesetError?
    do throws(NetlinkError) {
      problem = try run { (thread) throws(NetlinkError) -> RulesetError? in
        do throws(RulesetError) {
          try thread.load(ruleset: ruleset)
          return nil
        } catch {
          return error
        }
      }
    } catch {
      throw .system(error)
    }
    if let problem { throw problem }
  }
}

extension NamespaceThread {
  /// Loads rules with the program `nft` in the namespace that the thread is in: all of them at one moment, or none.
  package func load(ruleset: String) throws(RulesetError) {
    _ = try nft(["-f", "-"], input: ruleset)
  }

  /// Runs the program `nft`.
  ///
  /// - Returns: what it writes.
  package func nft(_ arguments: [String], input: String = "") throws(RulesetError) -> [UInt8] {
    let result: ProgramResult
    do {
      result = try run("nft", arguments, input: input)
    } catch let error where error.number == ENOENT {
      throw .noProgram
    } catch {
      throw .system(error)
    }
    guard result.code == 0 else {
      throw .refused(result.code == nil ? "it was ended by a signal, or took too long" : result.errorText)
    }
    return result.output
  }
}
