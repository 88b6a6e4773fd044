// MCP as its clients speak it: a line a message, every request answered once, and nothing that ends the server but its input.
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type McpTool, serveMcp } from '../../../src/mcp/protocol.ts';

interface Answer {
  id: number | string | null;
  result?: Record<string, unknown>;
  error?: { code: number; message: string };
}

let input: PassThrough;
let answers: Answer[];
let ended: Promise<void>;
let aborted: number;

const wait: McpTool['run'] = (_, signal) =>
  new Promise((resolve) =>
    signal.addEventListener('abort', () => {
      aborted++;
      resolve('late');
    }),
  );
const tool = (name: string, run: McpTool['run']): McpTool => ({ name, description: name, inputSchema: {}, run });

beforeEach(() => {
  input = new PassThrough();
  const output = new PassThrough();
  answers = [];
  aborted = 0;
  createInterface({ input: output }).on('line', (line) => void answers.push(JSON.parse(line) as Answer));
  const tools = [
    tool('echo', async (given) => JSON.stringify(given)),
    tool('fail', async () => Promise.reject(new Error('No “such” thing.'))),
    tool('wait', wait),
  ];
  ended = serveMcp({ info: { name: 'n', version: '1' }, instructions: 'Use it.', tools }, input, output);
});
afterEach(async () => {
  input.end();
  await ended;
});

/** Sends a line, and gives the answer with that id. */
async function say(line: object | string, id: unknown): Promise<Answer> {
  input.write(`${typeof line === 'string' ? line : JSON.stringify({ jsonrpc: '2.0', ...line })}\n`);
  await expect.poll(() => answers.some((answer) => answer.id === id)).toBe(true);
  return answers.splice(
    answers.findIndex((answer) => answer.id === id),
    1,
  )[0] as Answer;
}

it('introduces itself in the version that is asked for, or its newest', async () => {
  const hello = (protocolVersion: string) => say({ id: 'a', method: 'initialize', params: { protocolVersion } }, 'a');
  expect((await hello('2025-03-26')).result).toEqual({
    protocolVersion: '2025-03-26',
    capabilities: { tools: {} },
    serverInfo: { name: 'n', version: '1' },
    instructions: 'Use it.',
  });
  expect((await hello('1999-01-01')).result?.protocolVersion).toMatch(/^20\d\d-/);
});

it('lists its tools, calls them, and gives their errors to the model', async () => {
  const { result } = await say({ id: 1, method: 'tools/list' }, 1);
  const listed = (name: string) => ({ name, description: name, inputSchema: {} });
  expect(result).toEqual({ tools: ['echo', 'fail', 'wait'].map(listed) });
  const call = (name: string, more = {}) => say({ id: 2, method: 'tools/call', params: { name, ...more } }, 2);
  expect((await call('echo', { arguments: { a: '„ü“\n' } })).result).toEqual({
    content: [{ type: 'text', text: '{"a":"„ü“\\n"}' }],
  });
  expect((await call('echo')).result).toEqual({ content: [{ type: 'text', text: '{}' }] });
  expect((await call('fail')).result).toEqual({ content: [{ type: 'text', text: 'No “such” thing.' }], isError: true });
  expect((await call('none')).error?.code).toBe(-32602);
});

it('answers what it cannot do or read with an error, notifications never, and goes on', async () => {
  expect((await say('{"half":', null)).error?.code).toBe(-32700);
  expect((await say('[1]', null)).error?.code).toBe(-32600);
  expect((await say({ id: 3, method: 'resources/list' }, 3)).error?.code).toBe(-32601);
  input.write('\r\n{"jsonrpc":"2.0","method":"notifications/initialized"}\r\n');
  input.write('{"jsonrpc":"2.0","id":9,"result":{}}\n');
  expect((await say({ id: 4, method: 'ping' }, 4)).result).toEqual({});
  expect(answers).toEqual([]);
});

it('answers beside a call that takes long, and not at all what was cancelled', async () => {
  input.write('{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"wait"}}\n');
  expect((await say({ id: 6, method: 'ping' }, 6)).result).toEqual({});
  input.write('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":5}}\n');
  await expect.poll(() => aborted).toBe(1);
  expect((await say({ id: 7, method: 'ping' }, 7)).result).toEqual({});
  expect(answers).toEqual([]);
});
