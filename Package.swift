// swift-tools-version: 6.2
import PackageDescription

// Bench, fuzz and documentation tooling is declared only when asked for, so that a plain build
// resolves and compiles nothing that the product does not ship.
let withBenchmarks = Context.environment["MERLON_BENCHMARKS"] != nil
let withFuzzers = Context.environment["MERLON_FUZZERS"] != nil
let withDocumentation = Context.environment["MERLON_DOCUMENTATION"] != nil

let package = Package(
  name: "merlon",
  products: [
    .executable(name: "merlon", targets: ["merlon"]),
    .library(name: "Merlon", targets: ["Merlon"]),
    .library(name: "MerlonTesting", targets: ["MerlonTesting"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.0.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.33.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
  ],
  targets: [
    .systemLibrary(
      name: "CLibYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CLinux"),
    .target(name: "Netlink", dependencies: ["CLinux"]),
    .target(name: "Kubernetes", dependencies: ["CLibYAML"]),
    .target(
      name: "KubernetesAPI",
      dependencies: [
        "Kubernetes", .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOHTTPCompression", package: "swift-nio-extras"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "Subprocess", package: "swift-subprocess"),
      ]),
    .target(name: "Nftables", dependencies: ["Kubernetes"]),
    .target(name: "PolicyModel", dependencies: ["Kubernetes"]),
    .target(name: "Dialects", dependencies: ["Kubernetes", "PolicyModel"]),
    .target(name: "PolicyEngine", dependencies: ["Kubernetes", "PolicyModel"]),
    .target(
      name: "Staging",
      dependencies: ["CLinux", "Netlink", "Kubernetes", "PolicyModel", "PolicyEngine", "Nftables"]),
    .target(name: "SourceGroups", dependencies: ["Kubernetes", "PolicyModel", "PolicyEngine"]),
    .target(name: "Gateway", dependencies: ["Kubernetes", "PolicyModel", "SourceGroups", "Nftables"]),
    .target(
      name: "Enforcement",
      dependencies: ["CLinux", "Netlink", "Kubernetes", "PolicyModel", "SourceGroups", "Nftables", "Gateway"]),
    .target(name: "DomainNames", dependencies: ["Kubernetes"]),
    .target(
      name: "DNSForwarder",
      dependencies: [
        "DomainNames", "Kubernetes", .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ]),
    .target(name: "Review", dependencies: ["Kubernetes", "PolicyModel", "Dialects", "PolicyEngine"]),
    .target(
      name: "ControlPlane",
      dependencies: [
        "Kubernetes", "KubernetesAPI", "PolicyModel", "Dialects", "PolicyEngine", "SourceGroups", "Review",
        .product(name: "Crypto", package: "swift-crypto"), .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "HummingbirdTLS", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        .product(name: "Configuration", package: "swift-configuration"),
      ]),
    .target(
      name: "Merlon", dependencies: ["Kubernetes", "PolicyModel", "Dialects", "PolicyEngine", "Review"]),
    .target(name: "MerlonTesting", dependencies: ["Merlon"]),
    .target(
      name: "MerlonCommand",
      dependencies: [
        "Kubernetes", "KubernetesAPI", "PolicyModel", "Dialects", "PolicyEngine", "SourceGroups", "Review",
        "ControlPlane", "Merlon", "Netlink", "Nftables", "Staging", "Gateway", "Enforcement",
        "DomainNames", "DNSForwarder", .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Subprocess", package: "swift-subprocess"),
      ]),
    .executableTarget(name: "merlon", dependencies: ["MerlonCommand"]),
    .testTarget(name: "NetlinkTests", dependencies: ["Netlink"]),
    // A network for staging in a user namespace, which only a process with one thread can enter.
    .executableTarget(
      name: "staging-inside", dependencies: ["Netlink", "Staging"], path: "Tests/StagingTestsCommand"),
    .testTarget(name: "KubernetesTests", dependencies: ["Kubernetes"]),
    // A server that behaves, and misbehaves, as a Kubernetes API server; for tests of all targets that speak to one.
    .target(
      name: "FakeAPIServer",
      dependencies: [
        .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"), .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ], path: "Tests/FakeAPIServer"),
    .executableTarget(
      name: "fake-apiserver", dependencies: ["FakeAPIServer"], path: "Tests/FakeAPIServerCommand"),
    .testTarget(name: "KubernetesAPITests", dependencies: ["KubernetesAPI", "Kubernetes", "FakeAPIServer"]),
    // What the kernel does with a program of nftables, for tests of all targets that write one.
    .target(
      name: "NftablesSemantics", dependencies: ["Nftables", "Kubernetes"], path: "Tests/NftablesSemantics"),
    .testTarget(name: "NftablesTests", dependencies: ["Nftables", "NftablesSemantics", "Kubernetes"]),
    .testTarget(name: "DialectsTests", dependencies: ["Kubernetes", "PolicyModel", "Dialects"]),
    .testTarget(name: "PolicyModelTests", dependencies: ["Kubernetes", "PolicyModel"]),
    // Small random clusters with policies of all dialects, and an evaluator that shares no code with the engine.
    .target(
      name: "RandomWorlds", dependencies: ["Kubernetes", "PolicyModel"], path: "Tests/RandomWorlds"),
    .testTarget(
      name: "PolicyEngineTests",
      dependencies: ["Kubernetes", "PolicyModel", "Dialects", "PolicyEngine", "RandomWorlds"]),
    .testTarget(
      name: "StagingTests",
      dependencies: [
        "Staging", "Netlink", "NftablesSemantics", "Nftables", "PolicyEngine", "PolicyModel", "Dialects",
        "Kubernetes", "RandomWorlds", "staging-inside",
      ]),
    // Random documents of source groups and what they decide, for tests of all targets that enforce them.
    .target(name: "SourceGroupDocuments", path: "Tests/SourceGroupDocuments"),
    .testTarget(
      name: "SourceGroupsTests",
      dependencies: ["SourceGroups", "Kubernetes", "PolicyModel", "PolicyEngine", "SourceGroupDocuments"]),
    .testTarget(
      name: "GatewayTests",
      dependencies: [
        "Gateway", "SourceGroups", "Nftables", "NftablesSemantics", "Kubernetes", "PolicyModel",
        "PolicyEngine", "SourceGroupDocuments", "Enforcement", "Netlink",
      ]),
    .testTarget(name: "DomainNamesTests", dependencies: ["DomainNames", "Kubernetes"]),
    .testTarget(
      name: "DNSForwarderTests",
      dependencies: [
        "DNSForwarder", "DomainNames", "Kubernetes", .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ]),
    // A process that writes the kernel, for tests that kill it, and a client of it that is another user.
    .executableTarget(
      name: "enforcement-inside", dependencies: ["Enforcement", "Gateway", "Netlink", "Nftables"],
      path: "Tests/EnforcementTestsCommand"),
    .testTarget(
      name: "EnforcementTests",
      dependencies: [
        "Enforcement", "Gateway", "Netlink", "Nftables", "NftablesSemantics", "Staging", "SourceGroups",
        "Kubernetes", "enforcement-inside",
      ]),
    .testTarget(
      name: "ReviewTests", dependencies: ["Review", "PolicyEngine", "PolicyModel", "Dialects", "Kubernetes"]),
    .testTarget(
      name: "ControlPlaneTests",
      dependencies: [
        "ControlPlane", "SourceGroups", "KubernetesAPI", "Kubernetes", "PolicyModel", "FakeAPIServer",
        .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdTesting", package: "hummingbird"),
        .product(name: "Logging", package: "swift-log"), .product(name: "NIOCore", package: "swift-nio"),
      ]),
    .testTarget(
      name: "MerlonTests",
      dependencies: [
        "Merlon", "MerlonTesting", "Review", "PolicyEngine", "PolicyModel", "Dialects", "Kubernetes",
      ]),
    .testTarget(
      name: "MerlonCommandTests",
      dependencies: [
        "merlon", "FakeAPIServer", "ControlPlane", "SourceGroups", "KubernetesAPI", "Kubernetes",
        .product(name: "Logging", package: "swift-log"),
      ]),
  ]
)

if withBenchmarks {
  package.dependencies.append(.package(url: "https://github.com/jpsim/Yams", from: "6.2.2"))
  package.targets.append(
    .executableTarget(
      name: "merlon-bench",
      dependencies: [
        "Kubernetes", "PolicyModel", "Dialects", "PolicyEngine", "SourceGroups", "Review", "Merlon",
        .product(name: "Yams", package: "Yams"),
      ],
      path: "Benchmarks"))
}

if withFuzzers {
  package.targets.append(.systemLibrary(name: "CLibFuzzer", path: "Fuzz/CLibFuzzer"))
  for name in [
    "Manifests", "Flows", "Policies", "Selectors", "Names", "Evidence", "Expectations", "Intents", "Answers",
  ] {
    package.targets.append(
      .executableTarget(
        name: "fuzz-\(name.lowercased())",
        dependencies: [
          "CLibFuzzer", "Kubernetes", "PolicyModel", "Dialects", "PolicyEngine", "Review", "Merlon",
          "DomainNames",
        ],
        path: "Fuzz/\(name)", linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])]))
  }
  // Coverage and address checks are for the code under test, so all of it is instrumented.
  for target in package.targets where target.type != .system {
    target.swiftSettings = (target.swiftSettings ?? []) + [.unsafeFlags(["-sanitize=fuzzer,address"])]
  }
}

if withDocumentation {
  package.dependencies.append(
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"))
}

for target in package.targets where target.type != .system {
  target.swiftSettings =
    (target.swiftSettings ?? []) + [
      .swiftLanguageMode(.v6),
      .enableUpcomingFeature("ExistentialAny"),
      .enableUpcomingFeature("MemberImportVisibility"),
      .enableUpcomingFeature("InternalImportsByDefault"),
      .treatAllWarnings(as: .error),
      .treatWarning("DeprecatedDeclaration", as: .warning),
    ]
}
