// Finds the Python that runs agents' tools, and reads what a tool's source defines without running it.
import { spawn } from 'node:child_process';
import { isObject, type JsonObject } from '../store/json.ts';
import { READ_SCHEMA } from './driver.ts';

export class PythonError extends Error {
  override name = 'PythonError';
  readonly reason: 'missing' | 'source';

  constructor(reason: PythonError['reason'], message: string) {
    super(message);
    this.reason = reason;
  }
}

const NAMES = process.platform === 'win32' ? ['python', 'py'] : ['python3', 'python'];
const READ_MS = 20_000;
/** Asked once a process; looked for again as long as there is none. */
let known: Promise<Python> | undefined;

export interface Python {
  /** Of the program itself, not of a launcher that needs the person's environment. */
  path: string;
  /** Where it was installed; of a virtual environment also that of the Python behind it. */
  prefixes: string[];
}

/** Outside of a virtual environment what a link leads to is the same Python. */
const ASK = `
import json, os, sys
if sys.version_info >= (3, 8):
    path = sys.executable if sys.prefix != sys.base_prefix else os.path.realpath(sys.executable)
    print(json.dumps({'path': path, 'prefixes': sorted({sys.prefix, sys.base_prefix})}))
`;

/** A Python 3. @throws PythonError `missing` */
export function findPython(): Promise<Python> {
  known ??= look().catch((error: unknown) => {
    known = undefined;
    throw error;
  });
  return known;
}

async function look(): Promise<Python> {
  for (const name of NAMES) {
    const { code, output } = await answerOf(name, ['-c', ASK], '', process.env);
    if (code !== 0 || output.trim() === '') continue;
    const found = JSON.parse(output) as Python;
    if (found.path !== '') return found;
  }
  throw new PythonError('missing', 'Agents’ own tools need Python 3.8 or newer, and none was found on this computer.');
}

/**
 * The JSON schema of a function, from its signature and docstring.
 * @param name which of several functions; null: the last one
 * @throws PythonError
 */
export async function readSchema(source: string, name: string | null): Promise<JsonObject> {
  const python = await findPython();
  const { code, output } = await answerOf(python.path, ['-I', '-c', READ_SCHEMA], JSON.stringify({ source, name }), {});
  let answer: unknown;
  try {
    answer = JSON.parse(output);
  } catch {
    throw new PythonError('source', `Python could not read the source (it ended with ${code}).`);
  }
  if (isObject(answer) && isObject(answer.schema)) return answer.schema;
  throw new PythonError('source', `The source cannot be used: ${isObject(answer) ? answer.error : output}`);
}

function answerOf(
  program: string,
  args: string[],
  input: string,
  env: NodeJS.ProcessEnv,
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'ignore'], windowsHide: true, timeout: READ_MS });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.stdin.on('error', () => {});
    child.on('error', () => resolve({ code: null, output: '' }));
    child.on('close', (code) => resolve({ code, output }));
    child.stdin.end(input);
  });
}
