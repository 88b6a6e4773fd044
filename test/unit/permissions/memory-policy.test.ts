// What may enter memory unseen.
import { describe, expect, test } from 'vitest';
import { decideMemoryWrite, type MemorySource } from '../../../src/permissions/memory-policy.ts';

const judge = (text: string, seen: MemorySource[] = ['person']) => decideMemoryWrite({ label: 'project', text, seen });

describe('decideMemoryWrite', () => {
  test('applies what came from the person and from trusted files', () => {
    const text = 'The person always runs the tests with `npm test`.';
    expect(judge(text, ['person', 'workspace'])).toEqual({ decision: 'apply', reasons: [], masked: text });
    expect(judge(text, [])).toMatchObject({ decision: 'apply' });
  });

  test.each<MemorySource>(['untrustedWorkspace', 'web', 'tool', 'mcp', 'terminal', 'skill', 'unreviewedSkill'])(
    'holds what was written after %s was seen',
    (source) => {
      const { decision, reasons } = judge('A fact.', ['person', source]);
      expect(decision).toBe('hold');
      expect(reasons).toEqual([expect.stringContaining(source)]);
    },
  );

  test.each([
    ['ghp_0123456789abcdefABCDEF0123456789abcd', ''],
    ['AKIA0123456789ABCDEF', ''],
    ['sk-proj-abcdefghij0123456789', ''],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJlc2lnbmF0dXJl', ''],
    ['-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----', ''],
    ['hunter2', 'postgres://app:'],
  ])('masks %s', (secret, before) => {
    const after = before === '' ? '' : '@db.example.com/app';
    const { decision, masked } = judge(`Use ${before}${secret}${after} here.`);
    expect(decision).toBe('hold');
    expect(masked).toBe(`Use ${before}[secret]${after} here.`);
  });

  test.each([
    'pk_customer_orders_archive_table is the key',
    'See https://example.com/a@b',
    'npm_config_registry is set',
    'task-force-one-two-three-four',
  ])('leaves %j alone', (text) => {
    expect(judge(text)).toEqual({ decision: 'apply', reasons: [], masked: text });
  });
});
