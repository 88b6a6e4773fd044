// Which addresses are the public internet, however they are spelled; and who may be asked about the others.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/permissions/decide.ts';
import type { Policy } from '../../../src/permissions/decision.ts';
import { addressKind, isPrivateHost } from '../../../src/permissions/hosts.ts';
import { fetching, policy, verdict } from './accesses.ts';

const byte = fc.nat(255);
const quad = fc.tuple(byte, byte, byte, byte);
type Quad = [number, number, number, number];

/** By the tables of special addresses, spelled out once more. */
function isSpecial([a, b, c]: Quad): boolean {
  return (
    a === 0 ||
    a === 10 ||
    a === 127 ||
    a >= 224 ||
    (a === 100 && b >= 64 && b < 128) ||
    (a === 169 && b === 254) ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 192 && b === 0 && (c === 0 || c === 2)) ||
    (a === 192 && b === 88 && c === 99) ||
    (a === 198 && (b === 18 || b === 19)) ||
    (a === 198 && b === 51 && c === 100) ||
    (a === 203 && b === 0 && c === 113)
  );
}
const AZURE = '168.63.129.16';

const hex = (high: number, low: number): string => (high * 256 + low).toString(16);
/** Ways to write an IPv4 address as IPv6. */
const spellings = ([a, b, c, d]: Quad): string[] => [
  `::ffff:${a}.${b}.${c}.${d}`,
  `::ffff:${hex(a, b)}:${hex(c, d)}`,
  `0:0:0:0:0:FFFF:${hex(a, b)}:${hex(c, d)}`,
  `64:ff9b::${hex(a, b)}:${hex(c, d)}`,
  `2002:${hex(a, b)}:${hex(c, d)}::1`,
];
/** Ways to write it in a URL. */
const inUrls = ([a, b, c, d]: Quad): string[] => {
  const whole = ((a * 256 + b) * 256 + c) * 256 + d;
  return [
    `${a}.${b}.${c}.${d}`,
    `${whole}`,
    `0x${whole.toString(16)}`,
    `0${a.toString(8)}.${b}.${c * 256 + d}`,
    `${a}.${b}.${c}.${d}.`,
  ];
};

describe('an address', () => {
  it('of IPv4 is public or not as the tables say, in every spelling', () => {
    fc.assert(
      fc.property(quad, (address) => {
        const text = address.join('.');
        fc.pre(text !== AZURE);
        const special = isSpecial(address);
        expect(addressKind(text) === 'public').toBe(!special);
        if (special) for (const spelled of spellings(address)) expect(addressKind(spelled)).not.toBe('public');
        for (const host of inUrls(address)) expect(isPrivateHost(new URL(`http://${host}/`))).toBe(special);
      }),
      { numRuns: 2_000 },
    );
  });

  it('of IPv6 is public only where the internet is', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 }), (groups) => {
        const kind = addressKind(groups.map((group) => group.toString(16)).join(':'));
        const [first = 0] = groups;
        if (first >= 0xfc00 || first === 0) expect(kind).not.toBe('public');
        if (first >= 0x2003 && first < 0x3ffe) expect(kind).toBe('public');
      }),
    );
  });

  it.each([
    ['169.254.169.254', 'nowhere'],
    ['fd00:ec2::254', 'nowhere'],
    [AZURE, 'nowhere'],
    ['100.100.100.200', 'nowhere'],
    ['0.0.0.0', 'nowhere'],
    ['255.255.255.255', 'nowhere'],
    ['::', 'nowhere'],
    ['fe80::1%eth0', 'nowhere'],
    ['ff02::1', 'nowhere'],
    ['not an address', 'nowhere'],
    ['::1', 'own'],
    ['::127.0.0.1', 'own'],
    ['127.8.8.8', 'own'],
    ['192.168.1.1', 'own'],
    ['fd12::1', 'own'],
    ['[2606:4700::1111]', 'public'],
    ['1.1.1.1', 'public'],
  ])('%s is %s', (address, kind) => {
    expect(addressKind(address)).toBe(kind);
  });
});

describe('a private host', () => {
  const fetch = (url: string, more: Partial<Policy> = {}) => verdict(fetching(url), 'Fetch', more);

  it.each([
    'http://localhost:3000/',
    'http://127.0.0.1/',
    'http://[::1]:8080/',
    'http://router.lan/',
    'http://localhost./',
  ])('%s takes a rule that names it; one for everything does not reach it', (url) => {
    for (const allow of ['Fetch', '*', 'Fetch(*)', 'Fetch(domain:*)', 'Fetch(http://*/*)']) {
      expect(fetch(url, { allow: [allow] })).toBe('ask');
    }
    expect(fetch(url, { allow: [`Fetch(${new URL(url).origin}/*)`] })).toBe('allow');
    expect(fetch(url, { mode: 'unrestricted', allow: ['Fetch'] })).toBe('deny');
  });

  it('leaves public ones to such rules', () => {
    expect(fetch('https://example.com/', { allow: ['Fetch'] })).toBe('allow');
    expect(fetch('https://example.com/', { allow: ['Fetch(*)'] })).toBe('allow');
  });
});

describe('a tool of another extension', () => {
  const foreign = (more: Partial<Policy> = {}) =>
    decide({ kind: 'foreign', name: 'mcp_github_create_issue' }, 'OtherTools', policy(more));

  it('is asked about by its name, and passes by a rule that has it', () => {
    expect(foreign()).toMatchObject({ decision: 'ask', rule: 'OtherTools(mcp_github_create_issue)' });
    for (const rule of ['OtherTools(mcp_github_create_issue)', 'OtherTools(mcp_github_*)', 'OtherTools', '*']) {
      expect(foreign({ allow: [rule] }).decision).toBe('allow');
    }
    expect(foreign({ allow: ['OtherTools(mcp_github_create)'] }).decision).toBe('ask');
    expect(foreign({ allow: ['Fetch'] }).decision).toBe('ask');
    expect(foreign({ mode: 'strict' }).decision).toBe('ask');
    expect(foreign({ mode: 'unrestricted' }).decision).toBe('allow');
  });

  it('is refused by a rule, in plan mode and in an untrusted workspace, whatever allows it', () => {
    const allow = ['OtherTools'];
    expect(foreign({ allow, deny: ['OtherTools(mcp_github_*)'] }).decision).toBe('deny');
    expect(foreign({ allow, mode: 'plan' }).decision).toBe('deny');
    expect(foreign({ allow, trusted: false }).decision).toBe('deny');
    expect(foreign({ allow, ask: ['OtherTools(mcp_github_create_issue)'] }).decision).toBe('ask');
  });
});
