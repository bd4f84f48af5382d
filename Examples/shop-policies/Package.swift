// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "shop-policies",
  dependencies: [.package(name: "merlon", path: "../..")],
  targets: [
    .target(name: "ShopPolicies", dependencies: [.product(name: "Merlon", package: "merlon")]),
    .executableTarget(
      name: "shop-policies", dependencies: ["ShopPolicies", .product(name: "Merlon", package: "merlon")]),
    .testTarget(
      name: "ShopPoliciesTests",
      dependencies: ["ShopPolicies", .product(name: "MerlonTesting", package: "merlon")]),
  ]
)
