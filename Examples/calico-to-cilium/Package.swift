// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "calico-to-cilium",
  dependencies: [.package(name: "merlon", path: "../..")],
  targets: [
    .testTarget(
      name: "MigrationTests",
      dependencies: [
        .product(name: "Merlon", package: "merlon"), .product(name: "MerlonTesting", package: "merlon"),
      ])
  ]
)
