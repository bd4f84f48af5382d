// The running pods as an API server lists them: JSON with every default filled in.
extension SyntheticCluster {
  /// A PodList as `kubectl get pods -A -o json` prints it: at least so many bytes of whole pods.
  ///
  /// Has the labels, ports and owners of the cluster's workloads, pod by pod in turn. Linear in the size.
  func podList(bytes: Int) -> [UInt8] {
    var random = SplitMix64(seed: shape.seed, stream: .pod, index: workloads.count)
    var text: [UInt8] = []
    text.reserveCapacity(bytes + (1 << 14))
    text += Array("{\n    \"apiVersion\": \"v1\",\n    \"items\": [\n".utf8)
    var pod = 0
    while text.count < bytes {
      if pod > 0 { text += Array(",\n".utf8) }
      text += Array(podObject(pod, of: workloads[pod % workloads.count], using: &random).utf8)
      pod += 1
    }
    let tail =
      "\n    ],\n    \"kind\": \"List\",\n    \"metadata\": {\n        \"resourceVersion\": \"\"\n    }\n}\n"
    return text + Array(tail.utf8)
  }

  private func podObject(_ number: Int, of workload: Workload, using random: inout SplitMix64) -> String {
    let name = "\(workload.name)-\(random.suffix(10))-\(random.suffix(5))"
    let labels = workload.labels.map { "                    \"\($0.key)\": \"\($0.value)\"" }
    let host = number % 250
    let address = "10.\(16 + number / 65_536).\(number / 256 % 256).\(number % 256)"
    return """
              {
                  "apiVersion": "v1",
                  "kind": "Pod",
                  "metadata": {
                      "creationTimestamp": "2026-02-0\(1 + number % 9)T08:14:31Z",
                      "generateName": "\(workload.name)-",
                      "labels": {
      \(labels.joined(separator: ",\n"))
                      },
                      "name": "\(name)",
                      "namespace": "\(namespaces[workload.namespace].name)",
                      "ownerReferences": [
                          {
                              "apiVersion": "apps/v1",
                              "blockOwnerDeletion": true,
                              "controller": true,
                              "kind": "\(workload.kind.rawValue)",
                              "name": "\(workload.name)",
                              "uid": "\(random.uid())"
                          }
                      ],
                      "resourceVersion": "\(184_000 + number)",
                      "uid": "\(random.uid())"
                  },
                  "spec": {
                      "containers": [
      \(containerObject(of: workload))
                      ],
                      "dnsPolicy": "ClusterFirst",
                      "enableServiceLinks": true,
                      "nodeName": "node-\(host)",
                      "preemptionPolicy": "PreemptLowerPriority",
                      "priority": 0,
                      "restartPolicy": "Always",
                      "schedulerName": "default-scheduler",
                      "securityContext": {},
                      "serviceAccountName": "\(workload.application)",
                      "terminationGracePeriodSeconds": 30,
                      "tolerations": [
                          {
                              "effect": "NoExecute",
                              "key": "node.kubernetes.io/not-ready",
                              "operator": "Exists",
                              "tolerationSeconds": 300
                          }
                      ]
                  },
                  "status": {
                      "conditions": [
                          {
                              "lastProbeTime": null,
                              "lastTransitionTime": "2026-02-01T08:14:40Z",
                              "status": "True",
                              "type": "Ready"
                          }
                      ],
                      "hostIP": "172.31.0.\(1 + host)",
                      "phase": "Running",
                      "podIP": "\(address)",
                      "podIPs": [
                          {
                              "ip": "\(address)"
                          }
                      ],
                      "qosClass": "Burstable",
                      "startTime": "2026-02-01T08:14:31Z"
                  }
              }
      """
  }

  private func containerObject(of workload: Workload) -> String {
    let ports = workload.ports.map { port in
      """
                                  {
                                      "containerPort": \(port.number),
                                      "name": "\(port.name)",
                                      "protocol": "\(port.transport.rawValue)"
                                  }
      """
    }
    let image = "registry.example.com/\(namespaces[workload.namespace].team)/\(workload.name)"
    return """
                          {
                              "env": [
                                  {
                                      "name": "LOG_LEVEL",
                                      "value": "info"
                                  }
                              ],
                              "image": "\(image):\(workload.version)",
                              "imagePullPolicy": "IfNotPresent",
                              "name": "\(workload.component.rawValue)",
                              "ports": [
      \(ports.joined(separator: ",\n"))
                              ],
                              "resources": {
                                  "limits": {
                                      "memory": "1Gi"
                                  },
                                  "requests": {
                                      "cpu": "250m",
                                      "memory": "512Mi"
                                  }
                              },
                              "terminationMessagePath": "/dev/termination-log",
                              "terminationMessagePolicy": "File"
                          }
      """
  }
}
