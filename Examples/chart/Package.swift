// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "chart",
  dependencies: [.package(name: "merlon", path: "../..")],
  targets: [
    .target(name: "WebPolicies", dependencies: [.product(name: "Merlon", package: "merlon")]),
    .executableTarget(name: "write-chart", dependencies: ["WebPolicies"]),
    .testTarget(
      name: "WebPoliciesTests", dependencies: ["WebPolicies", .product(name: "Merlon", package: "merlon")]),
  ]
)
