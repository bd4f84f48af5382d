internal import Dispatch
internal import MerlonCommand

@main
struct Main {
  static func main() {
    // While there is one thread: an asynchronous `main` has more from the start.
    Merlon.prepare()
    Task { await Merlon.run(CommandLine.arguments) }
    dispatchMain()
  }
}
