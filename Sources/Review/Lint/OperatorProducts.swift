internal import PolicyModel

/// Labels of pods that operators make from custom objects, so that no manifest has them.
enum OperatorProducts {
  /// A label, and whose pods it is on.
  private struct Mark {
    let key: String
    /// Nil for any value.
    let value: String?
    let product: String

    init(_ key: String, _ value: String, _ product: String) {
      self.key = key
      self.value = value
      self.product = product
    }

    init(_ key: String, _ product: String) {
      self.key = key
      value = nil
      self.product = product
    }
  }

  private static let marks: [Mark] = [
    Mark("app.kubernetes.io/managed-by", "prometheus-operator", "what the Prometheus Operator makes"),
    Mark("app.kubernetes.io/name", "prometheus", "what the Prometheus Operator makes from a Prometheus"),
    Mark("app.kubernetes.io/name", "alertmanager", "what the Prometheus Operator makes from an Alertmanager"),
    Mark("app.kubernetes.io/name", "thanos-ruler", "what the Prometheus Operator makes from a ThanosRuler"),
    Mark("operator.prometheus.io/name", "what the Prometheus Operator makes"),
    Mark("acme.cert-manager.io/http01-solver", "the solvers that cert-manager starts"),
    Mark("strimzi.io/cluster", "what Strimzi makes from Kafka objects"),
    Mark("strimzi.io/name", "what Strimzi makes from Kafka objects"),
    Mark("strimzi.io/kind", "what Strimzi makes from Kafka objects"),
    Mark("cnpg.io/cluster", "what CloudNativePG makes from a Cluster"),
    Mark("cnpg.io/podRole", "what CloudNativePG makes"),
    Mark("postgres-operator.crunchydata.com/cluster", "what Crunchy's PGO makes from a PostgresCluster"),
    Mark("application", "spilo", "what Zalando's Postgres Operator makes"),
    Mark("common.k8s.elastic.co/type", "what Elastic Cloud on Kubernetes makes"),
    Mark("elasticsearch.k8s.elastic.co/cluster-name", "what Elastic Cloud on Kubernetes makes"),
    Mark("kibana.k8s.elastic.co/name", "what Elastic Cloud on Kubernetes makes"),
    Mark("opster.io/opensearch-cluster", "what the OpenSearch Operator makes"),
    Mark("app.kubernetes.io/managed-by", "percona-xtradb-cluster-operator", "what Percona's operator makes"),
    Mark("app.kubernetes.io/managed-by", "percona-server-mongodb-operator", "what Percona's operator makes"),
    Mark("app.kubernetes.io/managed-by", "mysql-operator", "what the MySQL Operator makes"),
    Mark("app.kubernetes.io/managed-by", "tidb-operator", "what TiDB Operator makes"),
    Mark("app.kubernetes.io/part-of", "rabbitmq", "what the RabbitMQ Cluster Operator makes"),
    Mark("redisfailovers.databases.spotahome.com/name", "what the Redis Operator makes"),
    Mark("v1.min.io/tenant", "what the MinIO Operator makes from a Tenant"),
    Mark("cassandra.datastax.com/cluster", "what cass-operator makes"),
    Mark("scylla/cluster", "what Scylla Operator makes"),
    Mark("vitess.io/cluster", "what the Vitess Operator makes"),
    Mark("vault_cr", "what the Vault Operator makes"),
    Mark("app.kubernetes.io/managed-by", "jaeger-operator", "what the Jaeger Operator makes"),
    Mark("app.kubernetes.io/managed-by", "opentelemetry-operator", "what the OpenTelemetry Operator makes"),
    Mark("app.kubernetes.io/managed-by", "grafana-operator", "what the Grafana Operator makes"),
    Mark("app.kubernetes.io/managed-by", "tempo-operator", "what the Tempo Operator makes"),
    Mark("app.kubernetes.io/managed-by", "keycloak-operator", "what the Keycloak Operator makes"),
    Mark("gateway.networking.k8s.io/gateway-name", "what controllers make from a Gateway"),
    Mark("gateway.envoyproxy.io/owning-gateway-name", "what Envoy Gateway makes from a Gateway"),
    Mark("istio.io/gateway-name", "what Istio makes from a Gateway"),
    Mark("serving.knative.dev/service", "what Knative makes from a Service of its own"),
    Mark("tekton.dev/pipelineRun", "what Tekton makes from a PipelineRun"),
    Mark("tekton.dev/taskRun", "what Tekton makes from a TaskRun"),
    Mark("workflows.argoproj.io/workflow", "what Argo Workflows makes"),
    Mark("sparkoperator.k8s.io/app-name", "what the Spark Operator makes"),
    Mark("spark-role", "what Spark starts"),
    Mark("ray.io/cluster", "what KubeRay makes"),
    Mark("kubevirt.io", "the virtual machines of KubeVirt"),
    Mark("actions.github.com/scale-set-name", "the runners of GitHub's Actions Runner Controller"),
  ]

  /// Whose pods a selector speaks of; nil when its labels are no operator's own.
  static func product(of selector: EndpointSelector) -> String? {
    guard let wanted = selector.pods.conjunction else { return nil }
    for requirement in wanted {
      guard case .label(let key) = requirement.attribute else { continue }
      for mark in marks where mark.key == key {
        switch requirement.test {
        case .exists: if mark.value == nil { return mark.product }
        case .isIn(let values):
          if mark.value.map(values.contains) ?? true { return mark.product }
        default: continue
        }
      }
    }
    return nil
  }
}
