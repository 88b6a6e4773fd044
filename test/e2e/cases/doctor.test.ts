// Memory that stays true: what is out of date is found, corrected and taken back; a line whose code changes is unverified.
import { beforeEach } from 'vitest';
import { tidy } from '../harness/tidy.ts';
import { withWindow } from '../harness/with-vscode.ts';
import { register } from '../shared/case.ts';
import { doctorCases, PRICES } from '../shared/doctor.ts';

const opened = withWindow({}, async (server) => ({
  folder: await server.makeWorkspace({ 'src/prices.ts': PRICES }),
}));

beforeEach(() => tidy(opened.window(), ['project', 'conventions', 'lessons']));

register(doctorCases(opened));
