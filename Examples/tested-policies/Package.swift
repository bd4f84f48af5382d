// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "tested-policies",
  dependencies: [.package(name: "merlon", path: "../..")],
  targets: [
    .testTarget(
      name: "PolicyTests",
      dependencies: [
        .product(name: "Merlon", package: "merlon"), .product(name: "MerlonTesting", package: "merlon"),
      ])
  ]
)
