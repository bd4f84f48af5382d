import FakeAPIServer
import Glibc

/// `fake-apiserver KUBECONFIG [PODS [CHANGES-PER-SECOND [SECONDS]]]`: a pretended cluster for scripts and benchmarks.
///
/// Writes a kubeconfig whose context `fake` leads to it, and its authority's certificate beside it, then serves until it
/// is killed. With changes, pods are replaced by others all the time, after as many seconds as are given; the UID of
/// one that replaces another ends with the moment, in nanoseconds of the monotonic clock. Pods are as large as real ones.
@main
struct FakeAPIServerCommand {
  static func main() async throws {
    let arguments = CommandLine.arguments
    guard arguments.count >= 2 else {
      print("usage: fake-apiserver KUBECONFIG [PODS [CHANGES-PER-SECOND [SECONDS]]]")
      exit(2)
    }
    let pods = arguments.count > 2 ? Int(arguments[2]) ?? 0 : 0
    let changes = arguments.count > 3 ? Int(arguments[3]) ?? 0 : 0
    let delay = arguments.count > 4 ? Int(arguments[4]) ?? 0 : 0
    let cluster = FakeCluster.shop(
      [.pods: (0..<pods).map { pod($0, revision: 0) }], token: FakeCluster.secret)
    let server = try await FakeAPIServer.start(cluster)
    let authority = arguments[1] + ".ca"
    try write(TestCertificates.authority, to: authority)
    let name = authority.split(separator: "/").last.map(String.init) ?? authority
    try write(kubeconfig(server.url, authority: name), to: arguments[1])
    guard changes > 0, pods > 0 else {
      while true { try await Task.sleep(for: .seconds(3600)) }
    }
    try await Task.sleep(for: .seconds(delay))
    var random = SplitMix(seed: 1)
    let (clock, start) = (ContinuousClock(), ContinuousClock.now)
    var revision = 0
    while true {
      try await Task.sleep(for: .milliseconds(5))
      // What is due by now, however long the sleep was.
      let due = Int(start.duration(to: clock.now) / .milliseconds(1)) * changes / 1000
      while revision < due {
        revision += 1
        let number = Int.random(in: 0..<pods, using: &random)
        cluster.put(.pods, FakeCluster.initialKey(number + 2), pod(number, revision: revision))
      }
    }
  }

  private static func pod(_ number: Int, revision: Int) -> String {
    let address = "10.\(64 + number / 65536 % 64).\(number / 256 % 256).\(number % 256)"
    let uid = revision == 0 ? "uid-\(number)" : "uid-\(number)-\(revision)-\(monotonicNanoseconds)"
    return
      #"{"metadata":{"name":"p\#(number)","namespace":"shop","uid":"\#(uid)","labels":{"app":"app\#(number % 200)"}},"spec":{"nodeName":"n1",\#(specification)},"status":{"phase":"Running","podIP":"\#(address)","podIPs":[{"ip":"\#(address)"}],\#(state)}}"#
  }

  private static var monotonicNanoseconds: Int {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
  }

  /// What nobody who asks about addresses reads, and what makes most of a pod.
  private static let specification: String = {
    let variables = (0..<16).map {
      #"{"name":"SETTING_\#($0)","valueFrom":{"configMapKeyRef":{"name":"settings","key":"setting-\#($0)"}}}"#
    }
    let mounts = (0..<4).map { #"{"name":"volume-\#($0)","mountPath":"/etc/volume-\#($0)","readOnly":true}"# }
    let volumes = (0..<4).map {
      #"{"name":"volume-\#($0)","configMap":{"name":"volume-\#($0)","defaultMode":420}}"#
    }
    return
      #""containers":[{"name":"main","image":"registry.example.com/shop/main:1.2.3","ports":[{"containerPort":8080,"protocol":"TCP"}],"env":[\#(variables.joined(separator: ","))],"resources":{"requests":{"cpu":"100m","memory":"128Mi"}},"volumeMounts":[\#(mounts.joined(separator: ","))]}],"volumes":[\#(volumes.joined(separator: ","))],"restartPolicy":"Always","dnsPolicy":"ClusterFirst","serviceAccountName":"default""#
  }()

  private static let state: String = {
    let conditions = ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"]
      .map {
        #"{"type":"\#($0)","status":"True","lastProbeTime":null,"lastTransitionTime":"2026-01-01T00:00:00Z"}"#
      }
    return
      #""conditions":[\#(conditions.joined(separator: ","))],"hostIP":"192.168.0.1","startTime":"2026-01-01T00:00:00Z","qosClass":"Burstable""#
  }()

  /// - Parameter authority: the file beside it with who signed the server's certificate.
  private static func kubeconfig(_ server: String, authority: String) -> String {
    """
    apiVersion: v1
    kind: Config
    current-context: fake
    clusters:
      - name: fake
        cluster:
          server: \(server)
          certificate-authority: \(authority)
    users:
      - name: fake
        user: {token: \(FakeCluster.secret)}
    contexts:
      - name: fake
        context: {cluster: fake, user: fake}

    """
  }

  private static func write(_ text: String, to path: String) throws {
    // Whoever waits for the file finds all of it.
    let partial = path + ".new"
    guard let file = fopen(partial, "w") else { fatalError("cannot write \(partial)") }
    fputs(text, file)
    fclose(file)
    guard rename(partial, path) == 0 else { fatalError("cannot write \(path)") }
  }
}
