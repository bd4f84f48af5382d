/// What the names and texts of a program may be made of.
enum NameRules {
  static func isName(_ text: String) -> Bool {
    guard let first = text.utf8.first, isLetter(first), text.utf8.count <= 63 else { return false }
    return text.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "_") }
      && !reservedWords.contains(text)
  }

  /// What a device may be called and is not read as a pattern: a trailing `*` would match many.
  static func isInterfaceName(_ text: String) -> Bool {
    (1...15).contains(text.utf8.count) && text != "." && text != ".."
      && text.utf8.allSatisfy { isLetter($0) || isDigit($0) || "._-@".utf8.contains($0) }
  }

  /// No quote, no backslash, no control character: nothing ends a quoted text early.
  static func isSafeText(_ text: String) -> Bool {
    text.utf8.count <= 127
      && text.utf8.allSatisfy { isLetter($0) || isDigit($0) || " _-.:=/,+@#".utf8.contains($0) }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// The words of nft's scanner (`src/scanner.l` of 1.0.6) and of later versions that are made of letters, digits and
  /// underscores, wherever they have a meaning.
  private static let reservedWords: Set<String> = Set(
    """
    accept add addr after ah aip all allowed_addrs and any arp as at audit auth_type avgpkt beqlt bridge burst bye \
    bytes ccount cfrag cgroup cgroupv2 chain chains chunk classid cleanup code comp concat constant continue cookie \
    cookie1 cookie2 count counter counters cpu create csum csumcov ct cwr daddr data day dccp debug define delete \
    describe destination destroy device devices dnat doff dormant dport drop dscp dst dup dynamic ecn echo element \
    elements eof eq esn esp ether events eui64 exists expected expires export exthdr fastopen fib flags flow \
    flowlabel flowtable flowtables flush forward_to frag frag_off fragmentation fully_random fwd gc_interval ge genid \
    geneve get gid goto gre gretap group gt handle hash hbh hdrlength helper helpers hook hoplimit hour ibriport \
    ibrname icmp icmpv6 icmpx id ifname igmp iif iifgroup iifname iiftype ih import in include index inet ingress \
    inherit input_interface insert integer integrity interval invalid ip ip6 ipsec ipcomp iptype jhash json jump \
    kind l3proto l4proto label last le left length level limit limits list log lsrr lt mac map maps mark masquerade \
    max_gre meta meter meters mh minute missing mod monitor more_fragments mptcp mss mtu name ne netdev netmap new \
    nexthdr nfproto nop noecho notrack numgen oif oifgroup oifname oiftype obriport obrname offload offset onfly opts \
    or options option order osf original over owner packets param_problem parameter_problem performance persist \
    persistent pkttype plen policies policy prefix priority proto proto_dst proto_src protocol protocols ptr queue \
    queues quota quotas ra random range rate redefine redirect redirect_to reject rename replace reply reqid reset \
    return right rr rst rt rt0 rt2 rt4 rtclassid ruleset rule rules sack sack0 sack1 sack2 sack3 saddr sctp \
    seconds secmark secmarks second seq seqno sequence service_name set sets shl shr sid size skgid skuid snaplen \
    snat socket sport spi spnum src srh ssrr state stateless status subtype sum symhash syn synproxy synproxys \
    syslog table tables tag tcp tcpopt th then time timeout timeouts timestamp to tos total tproxy transparent ttl \
    tunnel typeof type udp udplite undefine unique unit update uid urgptr use used until vlan vmap version via vni \
    vtag vxlan wildcard window wscale xml xor xt zone arpreply auto_merge automerge default devgroup disable enable \
    day days hours minutes month months weeks year bogus \
    comment ll nftrace nh not position
    """.split(separator: " ").map(String.init))
}
