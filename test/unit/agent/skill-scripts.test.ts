// Scripts of a project's skills: asked about until exactly their contents were approved, however a command comes to run them.
import { chmod, mkdir, mkdtemp, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ScriptGuard } from '../../../src/agent/decide-scripts.ts';
import { realPathOf } from '../../../src/native/real-path.ts';
import type { Policy } from '../../../src/permissions/decision.ts';
import { ApprovedScripts, printScripts } from '../../../src/skills/approved-scripts.ts';
import { MODES, policy } from '../permissions/accesses.ts';
import { bash } from '../permissions/shells.ts';
import { Kept } from './kept.ts';

let root: string;
let skill: string;
let guard: ScriptGuard;
let kept: Kept;
const shell = { ...bash, realPath: realPathOf };
const RUN = 'bash .agents/skills/deploy/scripts/go.sh';

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'scripts-')));
  skill = join(root, '.agents/skills/deploy');
  await put('.agents/skills/deploy/SKILL.md', '---\nname: deploy\ndescription: Ships.\n---\nRun scripts/go.sh.\n');
  await put('.agents/skills/deploy/scripts/go.sh', 'echo go\n');
  await put('.agents/skills/deploy/scripts/go.py', 'print(1)\n');
  await put('lib/plain.sh', 'echo plain\n');
  kept = new Kept();
  guard = open();
});
afterEach(() => rm(root, { recursive: true, force: true }));

const put = async (path: string, text: string) => {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
};
/** As after a restart: only the store connects one window with the next. */
const open = () =>
  new ScriptGuard({
    skills: async () => [{ name: 'deploy', folder: await realpath(skill).catch(() => skill) }],
    approved: new ApprovedScripts(kept),
  });
const given = (more: Partial<Policy> = {}) => policy({ workspace: [root], mode: 'unrestricted', ...more });
const judge = (command: string, more: Partial<Policy> = {}, cwd?: string) =>
  guard.decide({ command, ...(cwd ? { cwd: join(root, cwd) } : {}) }, 'Bash', given(more), shell);
/** A person reads the scripts and allows the command. */
const approve = async (command = RUN) => {
  const decision = await judge(command);
  expect(decision).toMatchObject({ decision: 'ask', approves: [expect.stringMatching(/^[0-9a-f]{64}$/)] });
  await guard.approve(decision);
};
const check = (command: string) => guard.check({ command }, { workspace: [root] }, shell);

/** The ways to run it. */
const WAYS = [
  RUN,
  './.agents/skills/deploy/scripts/go.sh',
  'sh -x .agents/skills/deploy/scripts/go.sh --all',
  'source .agents/skills/deploy/scripts/go.sh',
  '. .agents/skills/deploy/scripts/go.sh',
  'python3 .agents/skills/deploy/scripts/go.py',
  'cd .agents/skills/deploy && bash scripts/go.sh',
  'cd .agents/skills/deploy/scripts; ./go.sh',
  '(cd .agents && cd skills/deploy && sh scripts/go.sh)',
  'pushd .agents/skills/deploy && ./scripts/go.sh',
  'timeout 5 bash .agents/skills/deploy/scripts/go.sh',
  'env CI=1 nice bash .agents/skills/deploy/scripts/go.sh',
  'bash -c "bash .agents/skills/deploy/scripts/go.sh"',
  'bash -c "cd .agents/skills/deploy && scripts/go.sh"',
  'eval "sh .agents/skills/deploy/scripts/go.sh"',
  'npm test && sh .agents/skills/deploy/scripts/go.sh',
  'echo x | sh .agents/skills/deploy/scripts/go.sh',
  'sh lib/../.agents/skills/deploy/scripts/go.sh',
  'make -C .agents/skills/deploy',
  'npm --prefix=.agents/skills/deploy run x',
  'node -r ./.agents/skills/deploy/scripts/hook.js app.js',
  'node -e "require(\'./.agents/skills/deploy/scripts/x.js\')"',
  'python3 -c "exec(open(\'.agents/skills/deploy/scripts/go.py\').read())"',
  'node < .agents/skills/deploy/scripts/x.js',
  'cat .agents/skills/deploy/scripts/go.py | python3 -',
  'cp .agents/skills/deploy/scripts/go.py t.py && python3 t.py',
  'ln -s .agents/skills/deploy/scripts/go.py t.py; python3 t.py',
  'find .agents/skills -name "*.sh" -exec bash {} \\;',
  'find . -name "go.py" -exec python3 {} +',
  'bash .agents/skills/*/scripts/go.sh',
  'F=.agents/skills/deploy/scripts/go.py; python3 $F',
  'PYTHONPATH=.agents/skills/deploy/scripts python3 -m go',
];

describe('before anybody has approved it', () => {
  it.each(WAYS)('asks in every mode, whatever is allowed: %s', async (command) => {
    for (const mode of MODES) {
      const { decision, reason, rule, rules } = await judge(command, {
        mode,
        allow: ['Bash', 'Bash(*)', 'Bash(bash:*)', `Bash(${command})`],
      });
      expect([decision, mode], reason).toEqual([mode === 'plan' ? 'deny' : 'ask', mode]);
      // Nothing that "Always allow" could store.
      expect([rule, rules]).toEqual([undefined, undefined]);
    }
    expect((await judge(command)).reason).toMatch(
      /skill “deploy” .*scripts\/go\.sh|cannot be told what this runs|only known as it runs/,
    );
    expect(await judge(command, { trusted: false })).toMatchObject({ decision: 'deny' });
  });

  it('what the command is asked about besides is said too', async () => {
    const { reason } = await judge(`${RUN} && rm lib/.git/config`);
    expect(reason).toMatch(/skill “deploy” .*nobody has approved.* Besides: lib\/\.git\/config is protected/);
    expect((await judge(RUN, { mode: 'standard' })).reason).toMatch(
      /nobody has approved.* Besides: standard mode asks before/,
    );
    // Approved, it is no protected file any more.
    expect((await judge(RUN)).reason).not.toContain('protected');
  });

  it('is not run in a folder of the skill either', async () => {
    for (const command of ['./scripts/go.sh', 'npm install', 'make'])
      expect(await judge(command, {}, '.agents/skills/deploy')).toMatchObject({
        decision: 'ask',
        approves: [expect.any(String)],
      });
  });

  it('other commands are judged as ever, and nothing is approved with them', async () => {
    for (const command of [
      'bash lib/plain.sh',
      'npm test',
      'git status',
      'cd lib && ./plain.sh',
      'find . -name "*.ts" -exec prettier --check {} +',
    ])
      expect(await judge(command), command).toMatchObject({ decision: 'allow' });
    for (const command of [
      'rm .agents/skills/deploy/scripts/go.sh',
      'git add .agents/skills/deploy',
      'cat .agents/skills/deploy/SKILL.md',
    ]) {
      const decision = await judge(command);
      expect(decision, command).toMatchObject({ decision: 'ask', reason: expect.stringContaining('protected') });
      expect(decision.approves, command).toBeUndefined();
    }
  });

  it('a call that nobody judged is stopped before it runs', async () => {
    await expect(check(RUN)).rejects.toThrow(/changed after this command was judged/);
    await expect(check('bash lib/plain.sh')).resolves.toBeUndefined();
  });
});

describe('once approved', () => {
  it('runs with the permissions of its command, in the next window too', async () => {
    await approve();
    guard = open();
    for (const command of [
      RUN,
      'cd .agents/skills/deploy && bash scripts/go.sh out.txt',
      './.agents/skills/deploy/scripts/go.sh',
      'timeout 5 bash .agents/skills/deploy/scripts/go.sh',
      'python3 .agents/skills/deploy/scripts/go.py -v',
    ]) {
      expect(await judge(command), command).toMatchObject({ decision: 'allow' });
      expect(await judge(command, { mode: 'standard' }), command).toMatchObject({ decision: 'ask' });
      expect(await judge(command, { mode: 'plan' }), command).toMatchObject({ decision: 'deny' });
      expect(await judge(command, { trusted: false }), command).toMatchObject({ decision: 'deny' });
      expect(await judge(command, { mode: 'strict' }), command).toMatchObject({ decision: 'ask' });
      expect(
        await judge(command, {
          deny: ['Bash(bash:*)', 'Bash(python3:*)', 'Bash(./.agents/**)'],
          ask: ['Bash(timeout:*)', 'Bash(./.agents/skills/deploy/scripts/go.sh:*)'],
        }),
      ).not.toMatchObject({ decision: 'allow' });
      await expect(check(command)).resolves.toBeUndefined();
    }
    expect(
      await judge(RUN, { mode: 'standard', allow: ['Bash(bash .agents/skills/deploy/scripts/go.sh:*)'] }),
    ).toMatchObject({ decision: 'allow' });
  });

  it('others may still not touch its files', async () => {
    await approve();
    for (const command of [
      'rm .agents/skills/deploy/scripts/go.sh',
      'echo x > .agents/skills/deploy/scripts/go.sh',
      'sed -i s/a/b/ .agents/skills/deploy/scripts/go.sh',
      'bash lib/plain.sh .agents/skills/deploy/scripts/go.sh',
      'bash .agents/skills/deploy/scripts/go.sh .git/config',
      `${RUN} && rm -r .agents`,
    ])
      expect(await judge(command, { allow: ['Bash'] }), command).toMatchObject({
        decision: 'ask',
        reason: expect.stringMatching(/protected/),
      });
  });

  it('what .lettaignore hides stays hidden', async () => {
    await approve();
    expect(await judge(RUN, { lettaignore: ['.agents/skills/deploy/scripts'] })).toMatchObject({
      decision: 'ask',
      reason: expect.stringMatching(/lettaignore|protected/),
    });
  });

  const CHANGES: readonly (readonly [string, () => Promise<unknown>])[] = [
    ['the script', () => put('.agents/skills/deploy/scripts/go.sh', 'echo gone\n')],
    ['another file of it', () => put('.agents/skills/deploy/scripts/go.py', 'print(2)\n')],
    [
      'its instructions',
      () => put('.agents/skills/deploy/SKILL.md', '---\nname: deploy\ndescription: Ships.\n---\nRun x.\n'),
    ],
    ['a file that is new, and hidden', () => put('.agents/skills/deploy/scripts/.env', 'X=1\n')],
    ['a file that is gone', () => rm(join(skill, 'scripts/go.py'))],
    ['a file that has another name', () => rename(join(skill, 'scripts/go.py'), join(skill, 'scripts/gone.py'))],
    [
      'a link in place of a file',
      async () => {
        await rm(join(skill, 'scripts/go.sh'));
        await symlink(join(root, 'lib/plain.sh'), join(skill, 'scripts/go.sh'));
      },
    ],
    ['a link that is new', () => symlink(join(root, 'lib/plain.sh'), join(skill, 'scripts/extra.sh'))],
  ];
  it.each(CHANGES)('a change asks again, and is not run meanwhile: %s', async (_, change) => {
    await approve();
    await change();
    expect(await judge(RUN, { allow: ['Bash'] })).toMatchObject({ decision: 'ask' });
    await expect(check(RUN)).rejects.toThrow(/Nothing was run/);
  });

  it('what a link brings in counts with it', async () => {
    await symlink(join(root, 'lib/plain.sh'), join(skill, 'scripts/extra.sh'));
    await approve();
    await put('lib/plain.sh', 'echo other\n');
    expect(await judge(RUN)).toMatchObject({ decision: 'ask', approves: [expect.any(String)] });
  });

  it('the same contents elsewhere are not approved', async () => {
    await approve();
    await mkdir(join(root, '.agents/skills/other'), { recursive: true });
    await rename(skill, join(root, '.agents/skills/other/deploy'));
    skill = join(root, '.agents/skills/other/deploy');
    expect(await judge('bash .agents/skills/other/deploy/scripts/go.sh')).toMatchObject({
      decision: 'ask',
      approves: [expect.any(String)],
    });
  });

  it('taken back to what was approved, it runs again', async () => {
    await approve();
    await put('.agents/skills/deploy/scripts/go.sh', 'echo gone\n');
    expect(await judge(RUN)).toMatchObject({ decision: 'ask' });
    await put('.agents/skills/deploy/scripts/go.sh', 'echo go\n');
    expect(await judge(RUN)).toMatchObject({ decision: 'allow' });
  });
});

describe('through links', () => {
  it('a link to the script, or to its folder, is the script', async () => {
    await symlink(join(skill, 'scripts/go.sh'), join(root, 'tool.sh'));
    await symlink(skill, join(root, 'tools'));
    for (const command of [
      'bash tool.sh',
      './tool.sh',
      'sh tools/scripts/go.sh',
      'cd tools && ./scripts/go.sh',
      'bash tools/scripts/*.sh',
    ]) {
      expect(await judge(command), command).toMatchObject({ decision: 'ask', approves: [expect.any(String)] });
    }
    await approve('bash tool.sh');
    expect(await judge('bash tool.sh')).toMatchObject({ decision: 'allow' });
  });

  it('a skill whose folder is a link is guarded where it really lies', async () => {
    await rm(skill, { recursive: true });
    await put('lib/deploy-skill/SKILL.md', '---\nname: deploy\ndescription: x\n---\nx\n');
    await put('lib/deploy-skill/go.sh', 'echo go\n');
    await symlink(join(root, 'lib/deploy-skill'), skill);
    for (const command of [
      'bash lib/deploy-skill/go.sh',
      'cd lib/deploy-skill && ./go.sh',
      'bash .agents/skills/deploy/go.sh',
      'cat lib/deploy-skill/go.sh | node -',
      'cp lib/deploy-skill/go.sh a.sh && sh a.sh',
    ])
      expect(await judge(command), command).toMatchObject({ decision: 'ask', approves: [expect.any(String)] });
    expect(await judge('cat lib/deploy-skill/go.sh')).toMatchObject({ decision: 'allow' });
  });
});

describe('what cannot be approved', () => {
  const BAD: readonly (readonly [string, RegExp, () => Promise<unknown>])[] = [
    [
      'a link to a folder elsewhere',
      /link scripts\/all leads out/,
      () => symlink(join(root, 'lib'), join(skill, 'scripts/all')),
    ],
    [
      'too many files',
      /1000 files/,
      async () => {
        for (let i = 0; i < 1_001; i++) await writeFile(join(skill, `f${i}`), '');
      },
    ],
    ['too large', /larger than 20 MB/, () => put('.agents/skills/deploy/big', 'x'.repeat(21 * 1024 * 1024))],
  ];
  it.each(BAD)('is refused with the reason: %s', async (_, why, make) => {
    await make();
    const decision = await judge(RUN, { allow: ['Bash'] });
    expect(decision).toMatchObject({ decision: 'deny', reason: expect.stringMatching(why) });
    await expect(check(RUN)).rejects.toThrow();
  });

  it('is refused where it cannot be read', async () => {
    if (process.getuid?.() === 0) return;
    await chmod(join(skill, 'scripts/go.sh'), 0);
    expect(await judge(RUN)).toMatchObject({ decision: 'deny', reason: expect.stringContaining("can't be read") });
  });
});

describe('the print', () => {
  it('is the same for the same files, and told apart by any of them', async () => {
    const first = await printScripts(skill);
    expect(first).toEqual({
      print: expect.stringMatching(/^[0-9a-f]{64}$/),
      files: ['scripts/go.py', 'scripts/go.sh'],
    });
    expect(await printScripts(skill)).toEqual(first);
    // Contents must not be able to pass for names.
    await put('.agents/skills/deploy/a', 'b');
    const one = await printScripts(skill);
    await rm(join(skill, 'a'));
    await put('.agents/skills/deploy/b', 'a');
    expect(await printScripts(skill)).not.toEqual(one);
  });

  it('of a folder that is not there is none', async () => {
    expect(await printScripts(join(root, 'nope'))).toMatchObject({ problem: expect.stringContaining("can't be read") });
  });

  it('are kept up to a number; the oldest go', async () => {
    const approved = new ApprovedScripts(kept);
    await approved.add(Array.from({ length: 500 }, (_, i) => `p${i}`));
    await approved.add(['new', 'p3']);
    expect([approved.has('new'), approved.has('p3'), approved.has('p0'), approved.has('p2')]).toEqual([
      true,
      true,
      false,
      true,
    ]);
  });
});
