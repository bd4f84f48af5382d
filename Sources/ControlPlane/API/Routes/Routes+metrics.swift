internal import HTTPTypes
internal import Hummingbird
internal import SourceGroups

extension Routes {
  func addMetrics(to group: RouterGroup<APIContext>) {
    group.get("metrics") { _, _ in
      Response.text(MetricsText(plane, counters).text, type: "text/plain; version=0.0.4; charset=utf-8")
    }
    group.get("api/v1/stats") { _, _ in Response.json(plane.statistics) }
  }
}
