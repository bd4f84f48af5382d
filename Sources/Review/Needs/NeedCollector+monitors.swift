internal import Kubernetes
internal import PolicyEngine

extension NeedCollector {
  /// What the Prometheus of the input scrapes, when there is exactly one.
  mutating func addMonitors() {
    if declarations.monitors.isEmpty { return }
    let scrapers = groups(where: WellKnownPods.isPrometheus)
    guard scrapers.count == 1, let scraper = scrapers.first else { return }
    for monitor in declarations.monitors {
      switch monitor.kind {
      case .service:
        for service in world.services.indices where selects(monitor, world.services[service].meta) {
          addScrapes(monitor, ofService: service, by: scraper)
        }
      case .pod: addScrapes(ofPods: monitor, by: scraper)
      }
    }
  }

  private func isInScope(_ monitor: Monitor, _ namespace: String) -> Bool {
    switch monitor.namespaces {
    case .any: true
    case .named(let names): names.contains(namespace)
    }
  }

  private func selects(_ monitor: Monitor, _ meta: ObjectMeta) -> Bool {
    isInScope(monitor, meta.namespace) && monitor.selector.matches(meta.labels)
  }

  private mutating func addScrapes(_ monitor: Monitor, ofService service: Int, by scraper: Int) {
    for endpoint in monitor.endpoints {
      var targets: [Need.Target] = []
      switch endpoint.port {
      case .named(let name):
        guard let port = world.services[service].ports.first(where: { $0.name == name }) else { continue }
        targets = backends.targets(of: service, port)
      case .target(let target):
        targets = backends.groups(of: service).flatMap { self.targets($0, target) }
      }
      addScrape(targets, monitor, endpoint, by: scraper)
    }
  }

  private mutating func addScrapes(ofPods monitor: Monitor, by scraper: Int) {
    for namespace in world.namespaces.indices where isInScope(monitor, world.namespaces[namespace].name) {
      let groups = backends.groups(in: namespace) { monitor.selector.matches($0.labels) }
      for endpoint in monitor.endpoints {
        let target: Service.Port.Target =
          switch endpoint.port {
          case .named(let name): .name(name)
          case .target(let target): target
          }
        addScrape(groups.flatMap { targets($0, target) }, monitor, endpoint, by: scraper)
      }
    }
  }

  private func targets(_ group: Int, _ target: Service.Port.Target) -> [Need.Target] {
    let endpoint = world.workloads[group].endpoints.first.map { world.endpoints[$0] }
    return endpoint?.podPort(target, .tcp).map { [Need.Target(.workload(group), .tcp, $0)] } ?? []
  }

  /// Every workload is scraped by itself: one need each.
  private mutating func addScrape(
    _ targets: [Need.Target], _ monitor: Monitor, _ endpoint: Monitor.Endpoint, by scraper: Int
  ) {
    for target in targets {
      guard case .workload(let group) = target.end else { continue }
      add(
        .scrape, from: .workload(scraper), to: [target],
        "\(name(scraper)) scrapes \(name(group)) on TCP \(target.port) (\(monitor.object))",
        about: object(group), at: endpoint.location)
    }
  }
}
