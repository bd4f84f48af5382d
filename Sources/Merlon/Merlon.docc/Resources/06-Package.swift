// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "policies",
  dependencies: [.package(name: "merlon", path: "../merlon")],
  targets: [
    .target(name: "Policies", dependencies: [.product(name: "Merlon", package: "merlon")]),
    .executableTarget(
      name: "write-policies", dependencies: ["Policies", .product(name: "Merlon", package: "merlon")]),
  ]
)
