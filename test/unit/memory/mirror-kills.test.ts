// A kill at any place of a look at the mirror: the next look ends where an unbroken one would have, and git is whole.
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Mirror } from '../../../src/memory/mirror/mirror.ts';
import { MirroredSkills } from '../../../src/mirrored-skills.ts';
import { git, maskSecrets, Place, StoredBlocks, StoredSkills } from '../../support/memory-mirror.ts';

const CHILD = join(import.meta.dirname, '../../support/mirror-child.ts');
/** All places: `LETTA_ALL_KILLS=1`. */
const MOST = process.env.LETTA_ALL_KILLS ? Number.POSITIVE_INFINITY : 6;

let place: Place;
let before: string;
let places = 0;
let unbroken: Outcome;

interface Outcome {
  blocks: unknown;
  proposals: unknown;
  skills: unknown;
  files: Record<string, string>;
}

/** Runs the child. @returns how many places it passed, or null when it was killed. */
function look(folder: string, store: string, at: number): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CHILD, folder, store, String(at)], { stdio: ['ignore', 'pipe', 'inherit'] });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve(null);
      else if (code === 0) resolve(Number(out));
      else reject(new Error(`The child ended with ${code}`));
    });
  });
}

function outcome(folder: string, store: string): Outcome {
  const { blocks, proposals } = new StoredBlocks(store);
  const files: Record<string, string> = {};
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (/^\.git(\/|$)|^\.letta/.test(path) || statSync(join(folder, path)).isDirectory()) continue;
    files[path] = readFileSync(join(folder, path), 'utf8');
  }
  const authors = (p: (typeof proposals)[number]) => ({ ...p, authors: p.authors.map((a) => a.name) });
  const { skills } = new StoredSkills(`${store}.skills`);
  return { blocks, skills, proposals: proposals.map(authors).sort((a, b) => (a.path < b.path ? -1 : 1)), files };
}

beforeAll(async () => {
  place = new Place();
  before = join(place.root, 'before');
  const store = new StoredBlocks(join(before, 'store.json'));
  const lines = 'one\ntwo\nthree\nfour\nfive';
  for (const label of ['project', 'human', 'lessons', 'inbox', 'conventions', 'pulled']) store.add(label, lines);
  cpSync(place.root, before, { recursive: true, filter: () => false });
  const folder = join(before, 'memory');
  mkdirSync(before, { recursive: true });
  const home = new StoredSkills(`${join(before, 'store.json')}.skills`);
  const skill = (name: string) => `---\nname: ${name}\ndescription: How.\n---\n${lines}\n`;
  for (const name of ['deploy', 'old']) home.set(name, { 'SKILL.md': skill(name), 'run.sh': 'make\n' });
  home.save();
  const skills = new MirroredSkills(home, () => false);
  await new Mirror({ folder, agentId: 'agent-1', blocks: store, skills, maskSecrets }).sync();
  const theirs = join(place.root, 'theirs');
  git(place.root, 'clone', '--quiet', folder, theirs);
  const edit = (at: string, path: string, from: string, to: string) => {
    const file = join(at, path);
    place.write('../edit.tmp', readFileSync(file, 'utf8').replace(from, to));
    cpSync(join(place.root, 'edit.tmp'), file);
  };
  edit(theirs, 'pulled.md', 'three', 'from a colleague');
  git(theirs, 'commit', '-qam', 'Pull me');
  git(folder, 'pull', '--quiet', '--ff-only', theirs, 'main');
  // Merged, only the agent's, both changed, a new file, a block gone, a file gone.
  edit(folder, 'project.md', 'five', 'five\nby hand');
  store.set('project', `by the agent\n${lines}`);
  store.set('human', 'only the agent');
  edit(folder, 'lessons.md', 'three', 'drei by hand');
  store.set('lessons', lines.replace('three', 'THREE by the agent'));
  cpSync(join(folder, 'human.md'), join(folder, 'tips.md'));
  edit(folder, 'tips.md', 'one', 'a tip by hand');
  store.blocks = store.blocks.filter((block) => block.label !== 'inbox');
  rmSync(join(folder, 'conventions.md'));
  store.save();
  // Of skills: merged with a new file beside it, one that is gone, and a new one.
  edit(folder, 'skills/deploy/SKILL.md', 'five', 'five\nby hand');
  cpSync(join(folder, 'skills/deploy/run.sh'), join(folder, 'skills/deploy/copied.sh'));
  home.set('deploy', { 'SKILL.md': `${skill('deploy')}by the home\n`.replace('one', 'ONE'), 'run.sh': 'make all\n' });
  home.skills.delete('old');
  home.set('new', { 'SKILL.md': skill('new'), 'a/b.txt': 'b' });
  home.save();

  const whole = join(place.root, 'whole');
  cpSync(before, whole, { recursive: true });
  places = (await look(join(whole, 'memory'), join(whole, 'store.json'), 0)) ?? 0;
  unbroken = outcome(join(whole, 'memory'), join(whole, 'store.json'));
}, 120_000);

afterAll(() => place.dispose());

describe('a kill', () => {
  it('is tried where much is under way', () => {
    expect(places).toBeGreaterThan(30);
    expect(Object.keys(unbroken.files).filter((path) => path.startsWith('conflicts/'))).toHaveLength(2);
    expect(unbroken.proposals).toHaveLength(3);
  });

  it('at any place leaves nothing lost, doubled or damaged', async () => {
    const step = Math.max(1, places / MOST);
    const points: number[] = [];
    // A different start each time, so that in the long run each place has its turn.
    for (let at = 1 + Math.random() * step; at <= places; at += step) points.push(Math.floor(at));
    const runOne = async (at: number): Promise<void> => {
      const here = join(place.root, `kill-${at}`);
      cpSync(before, here, { recursive: true });
      const folder = join(here, 'memory');
      const store = join(here, 'store.json');
      expect(await look(folder, store, at), `place ${at}`).toBeNull();
      git(folder, 'fsck', '--strict', '--no-dangling');
      const lock = join(folder, '.letta', 'mirror.lock');
      // As if the time had passed after which a holder without a sign of life is gone.
      if (existsSync(lock)) utimesSync(lock, 0, 0);
      await look(folder, store, 0);
      expect(outcome(folder, store), `after a kill at place ${at}`).toEqual(unbroken);
      git(folder, 'fsck', '--strict', '--no-dangling');
      expect(git(folder, 'status', '--porcelain'), `after a kill at place ${at}`).toBe(' D conventions.md\n');
      for (const name of readdirSync(folder)) expect(name).not.toMatch(/\.tmp$/);
      rmSync(here, { recursive: true, force: true });
    };
    while (points.length > 0) await Promise.all(points.splice(0, 2).map(runOne));
  }, 600_000);
});
