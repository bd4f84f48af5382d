// swift-tools-version: 6.2
import PackageDescription

// Scripts/check-imported-source copies this package into .build and adds a file to it for each folder or file that it imports.
let package = Package(
  name: "imported-policies",
  dependencies: [.package(name: "merlon", path: "../..")],
  targets: [
    .executableTarget(
      name: "imported-policies", dependencies: [.product(name: "Merlon", package: "merlon")], path: "Sources")
  ]
)
