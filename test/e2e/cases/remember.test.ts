// Letta: Remember This, from the palette: where a note goes, what the person is told, and that no note is ever lost.
import { beforeEach } from 'vitest';
import { tidy } from '../harness/tidy.ts';
import { withWindow } from '../harness/with-vscode.ts';
import { register } from '../shared/case.ts';
import { CODE, rememberCases } from '../shared/remember.ts';

const opened = withWindow({}, async (server) => ({
  folder: await server.makeWorkspace({ 'src/money.ts': CODE }),
}));

beforeEach(() => tidy(opened.window(), ['project', 'conventions', 'lessons', 'inbox']));

register(rememberCases(opened));
