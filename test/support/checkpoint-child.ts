// Checkpoints in a process of their own. `restore STORE ROOT POINT PLACE`: goes back, and kills itself after that many changes of
// the disk. `take STORE ROOT`: edits and takes checkpoints for ever, and says each one once it is taken.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Checkpoints } from '../../src/editor/checkpoints/checkpoints.ts';

const [, , what, store = '', root = '', point = '', place = ''] = process.argv;

async function restore(): Promise<void> {
  let passed = 0;
  const checkpoints = new Checkpoints({
    folder: store,
    passed: () => {
      if (++passed === Number(place)) process.kill(process.pid, 'SIGKILL');
    },
  });
  const { id, steps } = await checkpoints.preview(point, [root]);
  const paths = steps.map((step) => join(step.root, step.path));
  const { jobId } = await checkpoints.begin(id, paths, []);
  if (place === '0') process.kill(process.pid, 'SIGKILL');
  await checkpoints.apply(jobId);
  process.stdout.write(`${passed}\n`);
}

async function take(): Promise<void> {
  const checkpoints = new Checkpoints({ folder: store });
  for (let round = 0; ; round++) {
    const text = `round ${round}\n`.repeat(200);
    writeFileSync(join(root, 'changing.txt'), text);
    writeFileSync(join(root, `file-${round % 7}.txt`), text);
    const request = {
      folders: [root],
      threadId: 't',
      messageId: `m${round}`,
      text: `${round}`,
      targets: [],
      unsaved: [],
    };
    const { id } = await checkpoints.take(request);
    process.stdout.write(`${JSON.stringify({ id, text })}\n`);
  }
}

await (what === 'restore' ? restore() : take());
