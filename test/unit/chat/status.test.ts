import { expect, it } from 'vitest';
import { Status } from '../../../src/chat/status.ts';

function make() {
  const item = { text: '', tooltip: '' as unknown };
  return { status: new Status(item), said: () => [item.text, item.tooltip] };
}
const HOME = 'Embedded home on this computer (here)';

it('says whether the agent is ready, works, waits or is offline, and on which home', () => {
  const { status, said } = make();
  status.update({ home: HOME });
  expect(said()).toEqual(['$(comment-discussion) Letta', `Ready. Open the Letta chat\n${HOME}`]);
  status.update({ running: 1 });
  expect(said()).toEqual(['$(loading~spin) Letta: working', `The agent is answering\n${HOME}`]);
  status.update({ running: 2 });
  expect(said()[1]).toContain('in 2 threads');
  status.update({ waiting: 1 });
  expect(said()[0]).toBe('$(bell-dot) Letta: waiting for you');
  status.update({ running: 0, waiting: 0, home: undefined, offline: 'The server does not answer.' });
  expect(said()).toEqual(['$(debug-disconnect) Letta: offline', 'The server does not answer.']);
  status.update({ home: HOME, offline: undefined });
  expect(said()[0]).toBe('$(comment-discussion) Letta');
});
