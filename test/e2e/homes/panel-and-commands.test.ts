// Each command and each action of the Memory panel on a Letta server, as on the embedded home.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach } from 'vitest';
import { tidy } from '../harness/tidy.ts';
import { withWindow } from '../harness/with-vscode.ts';
import { register } from '../shared/case.ts';
import { doctorCases, PRICES } from '../shared/doctor.ts';
import { inspectorCases } from '../shared/inspector.ts';
import { CODE, rememberCases } from '../shared/remember.ts';

const opened = withWindow({
  home: 'selfHosted',
  async prepare(folder) {
    await writeFile(join(folder, 'src', 'prices.ts'), PRICES);
    await writeFile(join(folder, 'src', 'money.ts'), CODE);
  },
});

beforeEach(() => tidy(opened.window(), ['human', 'project', 'conventions', 'lessons']));

register([...inspectorCases(opened), ...rememberCases(opened), ...doctorCases(opened)].filter((one) => one.onEachHome));
