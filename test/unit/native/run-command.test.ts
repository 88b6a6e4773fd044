// Commands without a sandbox: what became of them, and that nothing of them stays when their time is over.
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isAlive, waitUntil } from '../../../scripts/lib/processes.ts';
import { runCommand } from '../../../src/native/run-command.ts';

const options = (timeout = 20_000, signal = new AbortController().signal) => ({ cwd: tmpdir(), timeout, signal });
const node = `"${process.execPath}"`;

it('tells how a command ended, and the end of what it wrote', async () => {
  expect(await runCommand(`${node} -e "console.log(6 * 7)"`, options())).toEqual({ ok: true, output: '42\n' });
  const failed = await runCommand(`${node} -e "console.error('no'); process.exit(3)"`, options());
  expect(failed).toEqual({ ok: false, output: 'no\n' });
  const long = await runCommand(`${node} -e "console.log('x'.repeat(9000) + 'end')"`, options());
  expect(long.output).toHaveLength(4_000);
  expect(long.output).toMatch(/x+end\n$/);
});

it('hands on nothing that VS Code tells its own processes', async () => {
  process.env.VSCODE_TEST_SECRET = 'ipc';
  try {
    const { output } = await runCommand(`${node} -p "process.env.VSCODE_TEST_SECRET ?? 'none'"`, options());
    expect(output).toBe('none\n');
  } finally {
    delete process.env.VSCODE_TEST_SECRET;
  }
});

it('ends what still runs when its time is over, with what it has started; a server that starts is well', async () => {
  const file = join(tmpdir(), `letta-run-${process.pid}-${Date.now()}`);
  const child = `require('fs').writeFileSync(process.env.PID_FILE, String(process.pid)); setInterval(() => {}, 1000)`;
  process.env.PID_FILE = file;
  try {
    const running = runCommand(`${node} -e "${child}" & wait`, options(3_000));
    expect(await running).toMatchObject({ ok: true });
    const pid = Number(await readFile(file, 'utf8'));
    expect(await waitUntil(() => !isAlive(pid), 5_000)).toBe(true);
  } finally {
    delete process.env.PID_FILE;
  }
});

it('ends at once when it is let go', async () => {
  const abort = new AbortController();
  const running = runCommand(`${node} -e "setInterval(() => {}, 1000)"`, options(60_000, abort.signal));
  abort.abort();
  expect(await running).toMatchObject({ ok: false });
});
