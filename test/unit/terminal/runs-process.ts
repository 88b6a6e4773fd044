// A program that runs a command, says where its output goes, and waits to be killed.
import { join } from 'node:path';
import { ChildRunner } from '../../../src/editor/terminal/child-runner.ts';
import { LogFolder } from '../../../src/editor/terminal/log-folder.ts';
import { Runs } from '../../../src/editor/terminal/runs.ts';

const [, , folder = '', command = ''] = process.argv;
const runner = new ChildRunner({ mirror: () => ({ write: () => {}, ended: () => {}, show: () => {} }) });
const runs = new Runs({ logs: new LogFolder(join(folder, 'killed')), runner, boxed: runner, changed: () => {} });
const spec = { threadId: 'thread', callId: 'call', command, cwd: folder, background: false, boxed: false };
const run = await runs.start(spec);
process.stdout.write(`${run.log.path}\n`);
