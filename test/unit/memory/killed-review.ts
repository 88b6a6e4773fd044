// Accepts a review and kills itself at the place that is asked for: `node killed-review.ts FOLDER ID PLACE`.
import { join } from 'node:path';
import { ChangeLog } from '../../../src/memory/change-log.ts';
import { ReviewList } from '../../../src/memory/review-list.ts';
import { MemoryStore } from '../../../src/memory/store/memory-store.ts';
import { AGENT, fileServer, proxied } from './support.ts';

const [folder = '', id = '', place = ''] = process.argv.slice(2);
const die = (here: string): void => {
  if (here === place) process.kill(process.pid, 'SIGKILL');
};
const { connection } = fileServer(
  folder,
  {},
  { before: () => die('before the write'), after: () => die('after the write') },
);
const store = new MemoryStore({ dataDir: folder });
const changes = new ChangeLog(join(folder, 'changes.jsonl'));
const begin = changes.begin.bind(changes);
changes.begin = async (change) => {
  die('announced');
  const begun = await begin(change);
  die('journaled');
  return begun;
};
const end = changes.end.bind(changes);
changes.end = async (change, outcome) => {
  await end(change, outcome);
  die('recorded');
};
const decide = store.decideReview.bind(store);
store.decideReview = (...args) => {
  const decided = decide(...args);
  die('decided');
  return decided;
};
await new ReviewList({ connection, agentId: AGENT, store: proxied(store), changes }).accept(id);
