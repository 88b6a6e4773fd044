// Which addresses are not the public internet: a page must not make the agent reach into the person's network.
import { BlockList, isIP } from 'node:net';

type Network = readonly [network: string, bits: number];

/** No server of anybody's: this host, link-local (where clouds keep their credentials), multicast, reserved, documentation. */
const NOWHERE: readonly Network[] = [
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  // Where two clouds keep theirs.
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
];
/** This computer and networks like the person's own. */
const OWN: readonly Network[] = [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
];
const NOWHERE_6: readonly Network[] = [
  ['::', 128],
  ['100::', 64],
  ['2001:db8::', 32],
  ['3fff::', 20],
  ['fd00:ec2::254', 128],
  ['fe80::', 10],
  ['ff00::', 8],
];
const OWN_6: readonly Network[] = [
  // Loopback, and an old way to spell IPv4.
  ['::', 96],
  // A gateway's own choice of prefix: what stands behind it is not known.
  ['64:ff9b:1::', 48],
  // Teredo hides an address in it.
  ['2001::', 32],
  ['fc00::', 7],
  ['fec0::', 10],
];

/** All that IPv6 has of the internet: global unicast, and IPv4 in it. */
const GLOBAL_6: readonly Network[] = [
  ['2000::', 3],
  ['64:ff9b::', 96],
  ['::ffff:0:0', 96],
  ['::ffff:0:0:0', 96],
];

const GLOBAL_LIST = listOf([], GLOBAL_6);
const NOWHERE_LIST = listOf(NOWHERE, NOWHERE_6);
const OWN_LIST = listOf(OWN, OWN_6);

function listOf(four: readonly Network[], six: readonly Network[]): BlockList {
  const list = new BlockList();
  for (const [network, bits] of four) {
    list.addSubnet(network, bits, 'ipv4');
    // The same network as IPv6 can spell it: mapped, translated, through a NAT64 gateway, and as 6to4.
    for (const prefix of ['::ffff:', '::ffff:0:', '64:ff9b::']) {
      list.addSubnet(`${prefix}${network}`, 96 + bits, 'ipv6');
    }
    const [a = 0, b = 0, c = 0, d = 0] = network.split('.').map(Number);
    const hex = (high: number, low: number) => (high * 256 + low).toString(16);
    list.addSubnet(`2002:${hex(a, b)}:${hex(c, d)}::`, 16 + bits, 'ipv6');
  }
  for (const [network, bits] of six) list.addSubnet(network, bits, 'ipv6');
  return list;
}

/** `own`: this computer or a private network. `nowhere`: no server that a page could come from. */
export type AddressKind = 'public' | 'own' | 'nowhere';

/** What an IP address is, however it is spelled; what is none is `nowhere`. */
export function addressKind(address: string): AddressKind {
  const plain = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  const family = isIP(plain);
  if (family === 0) return 'nowhere';
  const type = family === 4 ? 'ipv4' : 'ipv6';
  if (NOWHERE_LIST.check(plain, type)) return 'nowhere';
  if (OWN_LIST.check(plain, type)) return 'own';
  return family === 4 || GLOBAL_LIST.check(plain, type) ? 'public' : 'nowhere';
}

const PRIVATE_NAMES = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|home\.arpa)$/;

/** True for loopback, private, link-local and other non-public hosts, by address or by name. `url` must be parsed by `URL`. */
export function isPrivateHost(url: URL): boolean {
  const host = url.hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
  if (isIP(host) !== 0) return addressKind(host) !== 'public';
  return !host.includes('.') || PRIVATE_NAMES.test(host);
}
