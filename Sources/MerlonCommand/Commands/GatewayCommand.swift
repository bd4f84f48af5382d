internal import ArgumentParser

/// `merlon gateway`
struct GatewayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gateway",
    abstract: "Enforce a policy of source groups on forwarded packets.",
    discussion: """
      A machine beside the cluster forwards what the policy allows. Two processes do it: one writes the kernel and has no
      network (enforce), the other follows a control plane and has no rights (follow). What is said is in force within
      milliseconds, for open connections too. When one of them or the control plane dies the rules stay, and the kernel
      itself stops trusting members that nobody vouches for any more.

      EXAMPLES
        merlon gateway --print policy.yaml
        merlon gateway enforce --policy policy.yaml --forward
        merlon gateway enforce --writer merlon-follow &
        merlon gateway follow --server https://merlon.example:8443 --token-file token
        merlon gateway status
        merlon gateway denied -w
      """,
    subcommands: [
      GatewayPrintCommand.self, GatewayEnforceCommand.self, GatewayFollowCommand.self,
      GatewayResolveCommand.self,
      GatewayStatusCommand.self,
      GatewayCountersCommand.self, GatewayFlowsCommand.self, GatewayDeniedCommand.self,
    ],
    defaultSubcommand: GatewayPrintCommand.self)
}
