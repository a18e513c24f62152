/** Distinguishes addresses that anybody on the internet can reach from those of private networks. */
import { networkInterfaces } from 'node:os';
import ipaddr from 'ipaddr.js';

/** All of IPv6 that is global unicast so far (RFC 4291, section 2.4; IANA's registry). */
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3');

/**
 * Whether an IP address is global unicast by IANA's special-purpose registries, and not one of this machine's own: a
 * firewall may hide from others what this machine can reach on itself.
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  // An IPv4-mapped IPv6 address counts as the IPv4 address.
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast') return false;
  if (parsed instanceof ipaddr.IPv6 && !parsed.match(GLOBAL_IPV6)) return false;
  return !ownAddresses().includes(parsed.toString());
}

function ownAddresses(): readonly string[] {
  const interfaces = Object.values(networkInterfaces());
  return interfaces.flatMap((addresses) =>
    (addresses ?? []).map(({ address }) => ipaddr.process(address).toString()),
  );
}
