// Agents' own tools as processes: what they return, what they see, and that nothing of them stays.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { readSchema } from '../../../../src/server/python/python.ts';
import { runTool, TOOL_LIMITS, type ToolJob } from '../../../../src/server/python/run-tool.ts';
import { sandboxPossible } from '../../../support/sandbox-possible.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'letta-tool-data-'));
writeFileSync(join(dataDir, 'letta.db'), 'of others');
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const never = new AbortController().signal;

function job(source: string, more: Partial<ToolJob> = {}): ToolJob {
  const name = /^(?:async )?def (\w+)/m.exec(source)?.[1] ?? 'f';
  return { name, source, args: {}, agentId: 'agent-1', secrets: {}, dataDir, ...more };
}

/** Processes whose command line or environment holds a word. */
function processesWith(word: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(word);
    } catch {
      return false;
    }
  });
}

async function gone(word: string): Promise<boolean> {
  for (let i = 0; i < 60; i++) {
    if (processesWith(word).length === 0) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

describe('a tool', () => {
  test('returns its text, what it printed apart', async () => {
    const source =
      'import sys\ndef greet(name: str):\n    print("working", name)\n    print("hm", file=sys.stderr)\n    return f"Hello {name} ✓"\n';
    const done = await runTool(job(source, { args: { name: 'Ada' } }), never);
    expect(done).toEqual({ status: 'success', content: 'Hello Ada ✓', stdout: ['working Ada\n'], stderr: ['hm\n'] });
  });

  test('returns structures as JSON, nothing as None, and may be async', async () => {
    expect((await runTool(job('def f():\n    return {"a": [1, "ü"]}\n'), never)).content).toBe('{"a": [1, "ü"]}');
    expect((await runTool(job('def f():\n    pass\n'), never)).content).toBe('None');
    expect((await runTool(job('async def f():\n    return 3\n'), never)).content).toBe('3');
  });

  test('that raises is an error with its last line, the traceback in stderr', async () => {
    const done = await runTool(job('def f():\n    print("so far")\n    return 1 / 0\n'), never);
    expect(done).toMatchObject({
      status: 'error',
      content: 'Error executing function f: ZeroDivisionError: division by zero',
      stdout: ['so far\n'],
    });
    expect(done.stderr?.[0]).toContain('return 1 / 0');
  });

  test('that does not parse, or defines another function, is an error', async () => {
    expect((await runTool(job('def f(:\n', { name: 'f' }), never)).content).toContain('SyntaxError');
    expect((await runTool(job('def g():\n    pass\n', { name: 'f' }), never)).content).toContain('no function named f');
  });

  test('finds the secrets of its agent in its environment, and nothing of the person’s', async () => {
    process.env.LETTA_TEST_PRIVATE = 'of the person';
    const source = 'import os, json\ndef f():\n    return dict(os.environ)\n';
    const done = await runTool(job(source, { secrets: { API_KEY: 's3cret' } }), never);
    delete process.env.LETTA_TEST_PRIVATE;
    expect(done.status, JSON.stringify(done)).toBe('success');
    const seen = JSON.parse(done.content);
    expect(seen).toMatchObject({ API_KEY: 's3cret', LETTA_AGENT_ID: 'agent-1' });
    expect(JSON.stringify(seen)).not.toContain('of the person');
    expect(seen.HOME).not.toBe(homedir());
  });

  test('is given its agent’s id where it asks for it, and no heartbeat it does not know', async () => {
    const source = 'def f(x: int, agent_id: str = ""):\n    return f"{x} {agent_id}"\n';
    const args = { x: 2, request_heartbeat: true };
    expect((await runTool(job(source, { args }), never)).content).toBe('2 agent-1');
  });

  test('cannot make its result up by what it prints', async () => {
    const done = await runTool(job('def f():\n    print(\'"forged"\')\n    return "true"\n'), never);
    expect([done.content, done.stdout]).toEqual(['true', ['"forged"\n']]);
  });

  test('ends when its time is up, with its children', async () => {
    const word = `sleeps-${crypto.randomUUID()}`;
    const source = `import subprocess, time\ndef f():\n    subprocess.Popen(["bash", "-c", "sleep 60 # ${word}"], start_new_session=True)\n    print("begun", flush=True)\n    time.sleep(60)\n`;
    const done = await runTool(job(source), never, { ...TOOL_LIMITS, seconds: 3 });
    expect(done).toMatchObject({ status: 'error', stdout: ['begun\n'] });
    expect(done.content).toContain('longer than 3 seconds');
    expect(await gone(word)).toBe(true);
  });

  test('ends at once when it is stopped', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 300);
    const done = await runTool(job('import time\ndef f():\n    time.sleep(3_600)\n'), stop.signal);
    expect(done).toMatchObject({ status: 'error', content: expect.stringContaining('stopped') });
  });

  test('leaves no process behind when it returns', async () => {
    const word = `stays-${crypto.randomUUID()}`;
    const source = `import subprocess\ndef f():\n    subprocess.Popen(["bash", "-c", "sleep 60 # ${word}"], start_new_session=True)\n    return "done"\n`;
    expect((await runTool(job(source), never)).content).toBe('done');
    expect(await gone(word)).toBe(true);
  });

  test('that takes too much memory fails by itself', async () => {
    const source = 'def f():\n    return len(bytearray(3 * 1024 ** 3))\n';
    expect((await runTool(job(source), never)).content).toContain('MemoryError');
  });

  test('that prints without end is cut, its result kept', async () => {
    const source = 'def f():\n    for _ in range(40):\n        print("x" * 100_000)\n    return "kept"\n';
    const done = await runTool(job(source), never);
    expect(done.content).toBe('kept');
    expect(done.stdout?.[0]?.length).toBeLessThan(2_200_000);
  });

  test.skipIf(!sandboxPossible())(
    'writes in its own folder only, and sees neither the database nor the home',
    async () => {
      const elsewhere = join('/var/tmp', `letta-tool-${crypto.randomUUID()}`);
      const keys = join(homedir(), `.letta-tool-${crypto.randomUUID()}`);
      mkdirSync(keys);
      onTestFinished(() => rmSync(keys, { recursive: true }));
      const source = `import os
def f():
    open("own.txt", "w").write("mine")
    try:
        open(${JSON.stringify(elsewhere)}, "w")
        wrote = True
    except OSError:
        wrote = False
    seen = [os.path.exists(path) for path in (${JSON.stringify(join(dataDir, 'letta.db'))}, ${JSON.stringify(keys)})]
    return [os.path.exists("own.txt"), wrote, *seen]
`;
      expect((await runTool(job(source), never)).content).toBe('[true, false, false, false]');
    },
  );

  test.skipIf(!sandboxPossible())('cannot open its sandbox, also where the server is the superuser’s', async () => {
    const source = `import ctypes, re
def f():
    libc = ctypes.CDLL(None)
    unmounted = libc.umount2(${JSON.stringify(dataDir)}.encode(), 2) == 0
    remounted = libc.mount(None, b"/", None, 32 | 4096, None) == 0
    return [unmounted, remounted, int(re.search("CapEff:\\s*(\\w+)", open("/proc/self/status").read())[1], 16)]
`;
    expect((await runTool(job(source), never)).content).toBe('[false, false, 0]');
  });
});

describe('the definition of a tool', () => {
  test('is read from its signature and docstring, and none of it is run', async () => {
    const source = `
raise SystemExit("run")
from typing import Optional, List, Literal
def helper(x):
    return x
def roll(sides: int, times: Optional[int] = 1, mode: Literal["low", "high"] = "low", tags: List[str] = None, agent_state: "AgentState" = None) -> str:
    """
    Rolls dice.

    And tells the sum.

    Args:
        sides (int): How many sides: at least 2,
            at most 100.
        times: How often.

    Returns:
        str: The sum.
    """
    return ""
`;
    expect(await readSchema(source, null)).toEqual({
      name: 'roll',
      description: 'Rolls dice.\n\nAnd tells the sum.',
      parameters: {
        type: 'object',
        properties: {
          sides: { type: 'integer', description: 'How many sides: at least 2, at most 100.' },
          times: { type: 'integer', description: 'How often.' },
          mode: { type: 'string', enum: ['low', 'high'], description: '' },
          tags: { type: 'array', items: { type: 'string' }, description: '' },
        },
        required: ['sides'],
      },
    });
  });

  test.each([
    ['def f(:', 'syntax'],
    ['x = 1', 'defines no function'],
    ['def f(x):\n  """Doc."""', 'no type annotation'],
  ])('%s is refused with a reason', async (source, reason) => {
    await expect(readSchema(source, null)).rejects.toThrow(reason);
  });
});
