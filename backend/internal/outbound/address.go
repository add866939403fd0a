package outbound

import "net/netip"

// special are the networks that are no part of the public Internet: IANA's registries of special-purpose addresses, less what is globally
// reachable in them.
var special = []struct {
	network netip.Prefix
	why     string
}{
	{thisHost, "its address stands for this host"},
	{netip.MustParsePrefix("10.0.0.0/8"), "its address is private"},
	{netip.MustParsePrefix("100.64.0.0/10"), "its address is shared within a provider's network"},
	{netip.MustParsePrefix("127.0.0.0/8"), "its address is this machine's own"},
	{netip.MustParsePrefix("169.254.0.0/16"), "its address belongs to a link"},
	{netip.MustParsePrefix("172.16.0.0/12"), "its address is private"},
	{netip.MustParsePrefix("192.0.0.0/24"), "its address is reserved"},
	{netip.MustParsePrefix("192.0.2.0/24"), "its address is for documentation"},
	{netip.MustParsePrefix("192.88.99.0/24"), "its address leads to another network"},
	{netip.MustParsePrefix("192.168.0.0/16"), "its address is private"},
	{netip.MustParsePrefix("198.18.0.0/15"), "its address is for measurements"},
	{netip.MustParsePrefix("198.51.100.0/24"), "its address is for documentation"},
	{netip.MustParsePrefix("203.0.113.0/24"), "its address is for documentation"},
	{netip.MustParsePrefix("224.0.0.0/4"), "its address stands for many"},
	{future, "its address is reserved"},

	{netip.MustParsePrefix("::1/128"), "its address is this machine's own"},
	{netip.MustParsePrefix("fc00::/7"), "its address is private"},
	{netip.MustParsePrefix("fe80::/10"), "its address belongs to a link"},
	{netip.MustParsePrefix("fec0::/10"), "its address is private"},
	{netip.MustParsePrefix("ff00::/8"), "its address stands for many"},
	{netip.MustParsePrefix("2001::/23"), "its address is reserved"}, // Teredo, ORCHID and others
	{netip.MustParsePrefix("2001:db8::/32"), "its address is for documentation"},
	{netip.MustParsePrefix("2002::/16"), "its address leads to another network"}, // 6to4
	{netip.MustParsePrefix("3fff::/20"), "its address is for documentation"},
}

var (
	thisHost = netip.MustParsePrefix("0.0.0.0/8")
	future   = netip.MustParsePrefix("240.0.0.0/4")
	unicast  = netip.MustParsePrefix("2000::/3")
	nat64    = netip.MustParsePrefix("64:ff9b::/96")
)

// reserved returns why an address is no public one, empty for one that is.
func reserved(addr netip.Addr) string {
	addr = addr.Unmap()
	if inner, ok := embedded(addr); ok {
		return reserved(inner)
	}
	for _, s := range special {
		if s.network.Contains(addr) {
			return s.why
		}
	}
	if addr.Is6() && !unicast.Contains(addr) {
		return "its address is reserved"
	}
	return ""
}

// embedded returns the IPv4 address that a translator (NAT64) makes of an address.
func embedded(addr netip.Addr) (netip.Addr, bool) {
	if !nat64.Contains(addr) {
		return netip.Addr{}, false
	}
	raw := addr.As16()
	return netip.AddrFrom4([4]byte(raw[12:])), true
}

// never reports whether an address stays out of reach of the name of a host, whatever is allowed: those of links, where clouds keep the
// credentials of machines, those of many, and those that are none. Only a network of OUTBOUND_ALLOW opens them.
func never(addr netip.Addr) bool {
	if inner, ok := embedded(addr); ok {
		return never(inner)
	}
	return addr.IsLinkLocalUnicast() || addr.IsMulticast() || addr.IsUnspecified() || thisHost.Contains(addr) || future.Contains(addr)
}
