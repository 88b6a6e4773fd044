// The sandbox of the agent's commands: who has it, and that each command goes by what holds when it starts.
import { expect, it } from 'vitest';
import { CommandBox } from '../../../src/native/command-box.ts';
import { BUSY, type SandboxPlace } from '../../../src/native/sandbox.ts';

function world(answers: (string | undefined)[] = []) {
  const did: string[] = [];
  let domains = ['one.example'];
  const name = (place: SandboxPlace) => place.domains?.join() ?? '';
  const open = async (place: SandboxPlace) => {
    const refused = answers.shift();
    if (refused !== undefined) return refused;
    did.push(`open ${name(place)}`);
    return {
      wrap: async (command: string) => {
        did.push(`wrap ${command}`);
        return { argv: ['sh'], env: {}, commandId: command };
      },
      ran: async () => {},
      renew: async (renewed: SandboxPlace) => void did.push(`renew ${name(renewed)}`),
      close: async () => void did.push('close'),
    };
  };
  const place = () => ({ folder: '/w', domains, isProtected: () => false, secret: [], vendor: '', appRoot: '' });
  const box = new CommandBox({ wanted: () => true, place, open, log: (line) => did.push(line) });
  return { box, did, allow: (...hosts: string[]) => (domains = hosts) };
}

it('renews what another command still holds open before the next one runs', async () => {
  const { box, did, allow } = world();
  const server = await box.wrap('serve');
  allow('two.example');
  const test = await box.wrap('test');
  expect(did).toEqual(['open one.example', 'wrap serve', 'renew two.example', 'wrap test']);
  server.ended();
  test.ended();
  await expect.poll(() => did.at(-1)).toBe('close');
  (await box.wrap('again')).ended();
  await expect.poll(() => did.slice(5)).toEqual(['open two.example', 'wrap again', 'close']);
});

it('tries again where somebody else had the sandbox, and believes what the system says', async () => {
  const busy = world([BUSY]);
  expect(await busy.box.inUse()).toBe(false);
  expect(await busy.box.inUse()).toBe(true);
  const late = world(['The sandbox did not start: no sockets']);
  expect(await late.box.inUse()).toBe(false);
  expect(await late.box.inUse()).toBe(true);
  const never = world(Array<string>(9).fill('The sandbox did not start: no sockets'));
  for (let i = 0; i < 5; i++) expect(await never.box.inUse()).toBe(false);
  expect(never.did.filter((line) => line.includes('did not start'))).toHaveLength(3);
  const none = world(['There is no sandbox on this system.']);
  expect(await none.box.inUse()).toBe(false);
  expect(await none.box.inUse()).toBe(false);
});

it('runs nothing that it cannot keep in, and opens anew for the next one', async () => {
  const { box, did } = world(['no bubblewrap']);
  await expect(box.wrap('x')).rejects.toThrow('no bubblewrap');
  (await box.wrap('y')).ended();
  expect(did).toContain('wrap y');
});
