internal import MerlonCommand

@main
struct Main {
  static func main() async {
    await Merlon.run(CommandLine.arguments)
  }
}
