// Memory one can trust and correct: what is held waits for a person, every state of a block can be seen and restored. Letta:
// Remember This: where a note goes, and that none is ever lost. Doctor: what is out of date is found and corrected.
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
  async prepare(folder) {
    await writeFile(join(folder, 'src', 'prices.ts'), PRICES);
    await writeFile(join(folder, 'src', 'money.ts'), CODE);
  },
});

beforeEach(() => tidy(opened.window(), ['human', 'project', 'conventions', 'lessons', 'inbox']));

register([...inspectorCases(opened), ...rememberCases(opened), ...doctorCases(opened)]);
