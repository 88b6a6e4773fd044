// What a release refuses, the numbers it takes, and what may be in the package.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findPackageProblems } from '../../../scripts/check-package.ts';
import {
  changesOf,
  findReleaseProblems,
  type Manifest,
  marketplaces,
  nextVersion,
} from '../../../scripts/lib/release.ts';

const manifest: Manifest = {
  name: 'letta-vscode',
  version: '0.2.3',
  publisher: 'letta-vscode',
  license: 'Apache-2.0',
  icon: 'media/icon.png',
  pricing: 'Free',
  categories: ['AI'],
  keywords: ['agent'],
  repository: { url: 'https://example.com/letta-vscode.git' },
};
const changelog = '# Changelog\n\n## 0.3.0\n\n- Faster.\n\n## 0.2.4\n\n## 0.2.3\n\n- Older.\n';

describe('the number of a release', () => {
  it.each([
    ['0.1.0', 'stable', '0.2.0'],
    ['0.1.0', 'pre-release', '0.1.1'],
    ['0.2.0', 'stable', '0.2.1'],
    ['0.2.9', 'pre-release', '0.3.0'],
    ['1.0.0', 'pre-release', '1.1.0'],
  ] as const)('after %s, %s: %s', (current, channel, next) => expect(nextVersion(current, channel)).toBe(next));

  it('is always higher, and its minor tells the channel', () => {
    const version = fc.tuple(fc.nat(99), fc.nat(99), fc.nat(99));
    fc.assert(
      fc.property(version, fc.constantFrom('stable' as const, 'pre-release' as const), ([a, b, c], channel) => {
        const [major = 0, minor = 0, patch = 0] = nextVersion(`${a}.${b}.${c}`, channel).split('.').map(Number);
        expect(minor % 2).toBe(channel === 'stable' ? 0 : 1);
        expect([major, minor > b || (minor === b && patch > c)]).toEqual([a, true]);
      }),
    );
  });

  it('needs one to begin with', () => expect(() => nextVersion('1.0', 'stable')).toThrow('package.json'));
});

describe('a release', () => {
  it('needs a section of the changelog with text', () => {
    expect(changesOf(changelog, '0.3.0')).toBe('- Faster.');
    expect(findReleaseProblems(manifest, changelog, '0.3.0')).toEqual([]);
    for (const version of ['0.2.4', '0.4.0', '0.3'])
      expect(findReleaseProblems(manifest, changelog, version).join()).toContain(`## ${version}`);
  });

  it.each(['publisher', 'license', 'icon', 'pricing', 'categories', 'keywords', 'repository'] as const)(
    'needs %s in the manifest',
    (field) => {
      const { [field]: _, ...less } = manifest;
      expect(findReleaseProblems(less as Manifest, changelog, '0.3.0').join()).toContain(field);
    },
  );

  it('is published only where there is a token, which is on no command line', () => {
    expect(marketplaces('x.vsix', {})).toEqual([]);
    const both = marketplaces('x.vsix', { VSCE_PAT: 'secret-1', OVSX_PAT: 'secret-2' });
    expect(both.map(({ name }) => name)).toEqual(['Visual Studio Marketplace', 'Open VSX']);
    expect(JSON.stringify(both)).not.toContain('secret');
    expect(marketplaces('x.vsix', { OVSX_PAT: 't' }).map(({ name }) => name)).toEqual(['Open VSX']);
  });
});

it('the package holds what is listed and nothing else', () => {
  const listed = findPackageProblems([]).map((line) => line.replace(' is missing.', ''));
  const chunk = 'extension/dist/host/chunks/find-ABCDEFG1.mjs';
  expect(listed.length).toBeGreaterThan(40);
  expect(findPackageProblems([...listed, chunk])).toEqual([]);
  for (const path of [
    'extension/.env',
    'extension/dist/host/host.mjs.map',
    'extension/src/host.ts',
    'extension/a.node',
  ])
    expect(findPackageProblems([...listed, path])).toEqual([
      `${path} is not on the list of what ships (scripts/check-package.ts).`,
    ]);
  expect(findPackageProblems(listed.slice(1))).toEqual([`${listed[0]} is missing.`]);
});
