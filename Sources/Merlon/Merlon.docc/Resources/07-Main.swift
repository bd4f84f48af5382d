import Merlon
import Policies

@main
struct Main {
  static func main() {
    for problem in Shop.intent.check() { print(problem) }
  }
}
