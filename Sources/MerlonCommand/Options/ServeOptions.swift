internal import ArgumentParser
internal import ControlPlane
internal import Kubernetes
internal import KubernetesAPI
internal import Review

/// How a control plane is configured: flags count before the environment (`MERLON_LISTEN_PORT`), and that before a file.
struct ServeOptions: ParsableArguments {
  @Option(
    name: .long, help: "A file of settings, YAML or JSON; --print-config shows all of them.",
    completion: .file())
  var config: String?

  @Option(
    name: .long, help: "Where everything is stored: an SQLite file, made when it is not there.",
    completion: .file())
  var data: String?

  @Option(
    name: .long,
    help:
      "The key that secrets are sealed with, made when it is not there; without it, the data file's name and .key.",
    completion: .file())
  var sealingKeyFile: String?

  /// Reads the configuration; reports what is wrong, and ends.
  func configuration(_ more: [String: [String]], _ display: DisplayOptions) throws -> ServeConfiguration {
    var flags = more
    flags["dataFile"] = data.map { [$0] }
    flags["sealing.keyFile"] = sealingKeyFile.map { [$0] }
    do throws(ServeError) {
      return try ServeConfiguration(
        flags: flags, environment: EnvironmentVariables.process, file: try file())
    } catch {
      throw error.reported(display, .usage)
    }
  }

  private func file() throws(ServeError) -> ManifestText? {
    guard let config else { return nil }
    do throws(UnreadableInput) {
      return try ManifestText(contentsOf: config)
    } catch {
      throw ServeError([error.problem])
    }
  }
}

extension ServeError {
  /// Prints everything that is wrong.
  func reported(_ display: DisplayOptions, _ status: ExitStatus) -> ExitStatus {
    let style = display.style(for: 2)
    Terminal.writeError(problems.map { $0.text(style) + "\n" }.joined())
    return status
  }
}
