import { lookup, type LookupOptions } from "node:dns";
import { BlockList, isIP, isIPv6, type LookupFunction } from "node:net";

/** A target's address is not reachable from everywhere, and its config does not allow that. */
export class PrivateAddressError extends Error {
  override readonly name = "PrivateAddressError";
  readonly code = "PRIVATE_ADDRESS";
}

/** IPv4 that no host on the internet has: IANA's special-purpose registry, and multicast. */
const special4 = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
] as const) {
  special4.addSubnet(network, prefix, "ipv4");
}

/** IPv6 that hosts on the internet have, and what is not such a host's within it. */
const global6 = new BlockList();
global6.addSubnet("2000::", 3, "ipv6");
const special6 = new BlockList();
for (const [network, prefix] of [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const) {
  special6.addSubnet(network, prefix, "ipv6");
}
/** Addresses of IPv4 behind a NAT64 (RFC 6052); the last 32 bits are theirs. */
const nat64 = new BlockList();
nat64.addSubnet("64:ff9b::", 96, "ipv6");

/** True unless the address may be any host's on the internet. */
export function isPrivateAddress(address: string): boolean {
  const plain = address.replace(/%.*$/, "");
  if (!isIPv6(plain)) return isIP(plain) === 0 || special4.check(plain, "ipv4");
  if (nat64.check(plain, "ipv6")) return special4.check(lastFourBytes(plain), "ipv4");
  return !global6.check(plain, "ipv6") || special6.check(plain, "ipv6");
}

function lastFourBytes(address: string): string {
  // A URL writes an address in its shortest form, in hexadecimal digits only.
  const groups = new URL(`http://[${address}]`).hostname.slice(1, -1).split(":").slice(-2);
  return groups
    .flatMap((group) => [Number.parseInt(group || "0", 16) >> 8, Number.parseInt(group || "0", 16) & 255])
    .join(".");
}

/**
 * Resolves names for a connection, and refuses those that lead to a private address. The connection is made to the address
 * that was looked at, so a name that is resolved otherwise the next time gains nothing.
 */
export const lookUpPublic: LookupFunction = (hostname, options: LookupOptions, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return callback(error, "");
    const found = addresses.find(({ address }) => isPrivateAddress(address));
    if (found !== undefined) return callback(privateAddress(hostname, found.address), "");
    const [first] = addresses;
    return options.all === true ? callback(null, addresses) : callback(null, first!.address, first!.family);
  });
};

/**
 * Names are looked at when they are resolved; an address that is written as such is not.
 * @throws PrivateAddressError
 */
export function refusePrivateLiteral(hostname: string): void {
  const literal = hostname.replace(/^\[|\]$/g, "");
  if (isIP(literal) !== 0 && isPrivateAddress(literal)) throw privateAddress(literal, literal);
}

function privateAddress(hostname: string, address: string): PrivateAddressError {
  const which = hostname === address ? address : `${hostname} leads to ${address}, which`;
  return new PrivateAddressError(
    `${which} is not a public address. If that is meant, set allowPrivate: true for this target.`,
  );
}
