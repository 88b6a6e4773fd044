// A pattern is blamed for the time that it took, not for the time that a busy machine gave to others.
import { Script } from 'node:vm';
import { afterEach, expect, test, vi } from 'vitest';
import { Matcher } from '../../../src/editor/plain-matcher.ts';

const query = { ignoreCase: false, multiline: false, context: 0, mode: 'content' } as const;

afterEach(() => void vi.restoreAllMocks());

test('an honest pattern that got no time is tried again', async () => {
  const runInContext = Script.prototype.runInContext;
  const late = Object.assign(new Error('Script execution timed out'), { code: 'ERR_SCRIPT_EXECUTION_TIMEOUT' });
  const run = vi.spyOn(Script.prototype, 'runInContext').mockImplementationOnce(() => {
    throw late;
  });
  run.mockImplementation(function (this: Script, ...args) {
    return runInContext.apply(this, args);
  });
  const { columns } = await new Matcher({ ...query, pattern: 'needle' }).match(['a needle']);
  expect([...columns]).toEqual([[0, 2]]);
});

test('one that uses up its time is given up at once, and at last also where the machine gives none', async () => {
  const run = vi.spyOn(Script.prototype, 'runInContext');
  const evil = () => new Matcher({ ...query, pattern: '(a+)+$' }).match([`${'a'.repeat(40)}!`]);
  const cpu = vi.spyOn(process, 'cpuUsage').mockReturnValue({ user: 200_000, system: 0 });
  await expect(evil()).rejects.toThrow('takes too long');
  expect(run).toHaveBeenCalledTimes(1);
  cpu.mockReturnValue({ user: 0, system: 0 });
  await expect(evil()).rejects.toThrow('takes too long');
  expect(run).toHaveBeenCalledTimes(11);
});
