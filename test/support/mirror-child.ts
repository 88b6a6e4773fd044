// One look at a mirror in a process of its own, which kills itself at the place it is told. Arguments: folder, store, place.
import { Mirror } from '../../src/memory/mirror/mirror.ts';
import { MirroredSkills } from '../../src/mirrored-skills.ts';
import { maskSecrets, StoredBlocks, StoredSkills } from './memory-mirror.ts';

const [, , folder = '', store = '', place = ''] = process.argv;
let passed = 0;
const mirror = new Mirror({
  folder,
  agentId: 'agent-1',
  blocks: new StoredBlocks(store),
  skills: new MirroredSkills(new StoredSkills(`${store}.skills`), () => false),
  maskSecrets,
  passed: () => {
    if (++passed === Number(place)) process.kill(process.pid, 'SIGKILL');
  },
});
await mirror.sync();
process.stdout.write(`${passed}\n`);
