// Scripts of a project's skills that a command reaches by a path which is built, hidden in a text, or only known as it runs. The skill
// lies in a folder that nothing else protects: so only the guard of scripts can ask.
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ScriptGuard } from '../../../src/agent/decide-scripts.ts';
import { realPathOf } from '../../../src/native/real-path.ts';
import { ApprovedScripts } from '../../../src/skills/approved-scripts.ts';
import { policy } from '../permissions/accesses.ts';
import { bash, powershell } from '../permissions/shells.ts';
import { Kept } from './kept.ts';

let root: string;
let skills: { name: string; folder: string }[];
const shell = { ...bash, realPath: realPathOf };

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'script-forms-')));
  const put = async (path: string, text: string) => {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  };
  await put('kit/deploy/SKILL.md', '---\nname: deploy\ndescription: Ships.\n---\nRun go.sh.\n');
  await put('kit/deploy/go.sh', 'echo go\n');
  await put('kit/deploy/go.py', 'print(1)\n');
  await put('lib/plain.py', 'print(2)\n');
  await mkdir(join(root, '.agents/skills'), { recursive: true });
  await symlink(join(root, 'kit/deploy'), join(root, '.agents/skills/deploy'));
  skills = [{ name: 'deploy', folder: join(root, 'kit/deploy') }];
});
afterAll(() => rm(root, { recursive: true, force: true }));

const guardOf = (approved: ApprovedScripts) => new ScriptGuard({ skills: async () => skills, approved });
const judge = (command: string, guard = guardOf(new ApprovedScripts(new Kept())), given = shell) =>
  guard.decide({ command }, 'Bash', policy({ workspace: [root], mode: 'unrestricted', allow: ['Bash'] }), given);

/** The path stands in the line, in pieces or in a text: allowing it approves the skill's contents. */
const SEEN = [
  'cd kit && sh deploy/go.sh',
  'cd kit && python3 -m deploy.go',
  'python3 -m kit.deploy.go',
  'f=go; sh kit/deploy/$f.sh',
  'f=go; kit/deploy/$f.sh',
  'python3 $PWD/kit/deploy/go.py',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a word of the shell
  'python3 "${PWD}/kit/deploy/go.py"',
  'python3 "$(pwd)/kit/deploy/go.py"',
  'python3 ./kit/{deploy,other}/go.py',
  'python3 kit/*/go.py',
  'python3 kit/d?ploy/go.py',
  'for f in kit/deploy/*.py; do python3 "$f"; done',
  'for d in kit/*; do python3 $d/go.py; done',
  'python3 $(ls kit/deploy/*.py)',
  'sh $(ls kit/deploy/*.sh)',
  'find kit -name "*.py" -exec python3 {} \\;',
  'python3 -c "exec(open(\'kit/deploy/go.py\').read())"',
  'python3 -c "from kit.deploy import go"',
  'python3 - <<EOF\nexec(open("kit/deploy/go.py").read())\nEOF',
  "python3 <<'EOF'\nexec(open('kit/deploy/go.py').read())\nEOF",
  'python3 <<EOF\nx = "$X"\nexec(open("kit/deploy/go.py").read())\nEOF',
  'python3 <<< "exec(open(\'kit/deploy/go.py\').read())"',
  'bash <<EOF\nsh kit/deploy/go.sh\nEOF',
  'cat <<EOF > t.sh\nsh kit/deploy/go.sh\nEOF\nbash t.sh',
  'cat <<EOF | python3\nexec(open("kit/deploy/go.py").read())\nEOF',
  'echo "exec(open(\'kit/deploy/go.py\').read())" | python3',
  "printf 'sh kit/deploy/go.sh' > t.sh; sh t.sh",
  'bash <(echo "sh kit/deploy/go.sh")',
  `awk 'BEGIN { system("sh kit/deploy/go.sh") }'`,
  'watch sh kit/deploy/go.sh',
  'npx concurrently "sh kit/deploy/go.sh" "npm test"',
  'git bisect run sh kit/deploy/go.sh',
  'git rebase -x "sh kit/deploy/go.sh" main',
  'git submodule foreach "sh kit/deploy/go.sh"',
  'git -c alias.x="!sh kit/deploy/go.sh" x',
  'PATH=kit/deploy:$PATH go.sh',
  'PATH=$PWD/kit/deploy:$PATH go.sh',
  'export PATH="kit/deploy:$PATH"; go.sh',
  'sh -c \'python3 "$0"\' kit/deploy/go.py',
  'deno run kit/deploy/go.ts',
  'f() { python3 "$1"; }; f kit/deploy/go.py',
  'set -- kit/deploy/go.py; python3 "$1"',
];

/** What is run is only known as it runs: asked each time, and nothing is approved by it. */
const UNREAD = [
  'python3 "$F"',
  'python3 $(find . -name "go.py")',
  'find . -name "go.py" | xargs python3',
  'find . -name "go.py" | while read f; do python3 "$f"; done',
  'F=$(printf ki; printf t/deploy/go.py); python3 $F',
  'a=kit b=deploy; python3 $a/$b/go.py',
  'read -r F < list.txt; python3 "$F"',
  'echo lib/x | xargs python3',
  'node -r $HOOK app.js',
  'python3 -W ignore $F',
  'python3 -c "$CODE"',
  'deno run $F',
  'bun run -q $F',
  'timeout 5 python3 $F',
  "python3 <(printf 'x%s' y)",
  "bash <(printf 'sh ki%s' t/deploy/go.sh)",
  "printf 'x%s' y | python3 /dev/stdin",
];

/** What could not be told before either. */
const UNCLEAR = ['sh "$F"', '$F', './$F', 'eval "$F"', '. "$F"', 'bash -c "$F"', 'cat x | sh', '$(which sh) x.sh'];

/** No rule asks about them: neither does the guard. */
const HARMLESS = [
  'python3 lib/plain.py',
  'python3 lib/plain.py $ARG "$(date)"',
  'python3 -m pytest $TESTS',
  'cd lib && python3 plain.py',
  'for f in lib/*.py; do python3 "$f"; done',
  'find lib -name "*.py" -exec python3 {} \\;',
  'python3 - <<EOF\nprint(open("lib/data.json").read())\nEOF',
  "python3 -c 'print(1)'",
  'node -e "console.log(1 + 1)"',
  'npm test -- $PATTERN',
  'npm run build',
  'make $TARGET',
  'deno run lib/main.ts $X',
  'echo "see kit/deploy" ',
  'cat kit/deploy/go.sh',
  'grep -rn "kit/deploy" lib && echo found',
  'git commit -m "Change kit/deploy/go.sh"',
  'X=$(git rev-parse HEAD); echo $X',
  'cat <<EOF > notes.md\nkit/deploy holds a script.\nEOF',
  'PATH=$PWD/node_modules/.bin:$PATH eslint lib',
  'sh lib/plain.sh "$1"',
  'diff <(ls lib) <(ls src)',
];

describe('while nobody has approved the skill', () => {
  it.each(SEEN)('asks, and approves its contents: %s', async (command) => {
    const decision = await judge(command);
    expect(decision).toMatchObject({ decision: 'ask', approves: [expect.stringMatching(/^[0-9a-f]{64}$/)] });
    expect(decision.reason).toContain('skill “deploy” (go.py, go.sh)');
    expect(decision.rules ?? decision.rule).toBeUndefined();
  });

  it.each(UNREAD)('asks each time, and approves nothing: %s', async (command) => {
    const decision = await judge(command);
    expect(decision).toMatchObject({ decision: 'ask' });
    expect(decision.reason).toMatch(/only known as it runs.*nobody has approved \(“deploy”\)/);
    expect(decision.approves ?? decision.rules ?? decision.rule).toBeUndefined();
    // It was asked about: nothing stops it afterwards.
    const guard = guardOf(new ApprovedScripts(new Kept()));
    await expect(guard.check({ command }, { workspace: [root] }, shell)).resolves.toBeUndefined();
  });

  it.each(UNCLEAR)('asks as in every mode: %s', async (command) => {
    expect(await judge(command)).toMatchObject({ decision: 'ask' });
  });

  it.each(HARMLESS)('asks nothing more about: %s', async (command) => {
    expect((await judge(command)).decision, (await judge(command)).reason).toBe('allow');
  });
});

describe('in PowerShell', () => {
  const given = { ...powershell, realPath: realPathOf };
  it.each([
    ['python kit/deploy/go.py', 'ask'],
    ['kit\\deploy\\go.ps1', 'ask'],
    ['cd kit; python deploy/go.py', 'ask'],
    ['python $file', 'ask'],
    ['& $file', 'ask'],
    ['python (Get-ChildItem kit -Recurse -Filter go.py)', 'ask'],
    ['python lib/plain.py', 'allow'],
    ['python lib/plain.py $file', 'allow'],
    ['npm test', 'allow'],
  ])('%s: %s', async (command, decision) => {
    const judged = await judge(command, undefined, given);
    expect(judged.decision, judged.reason).toBe(decision);
  });
});

describe('once it is approved', () => {
  it('what is only known as it runs is judged as ever', async () => {
    const guard = guardOf(new ApprovedScripts(new Kept()));
    await guard.approve(await judge('sh kit/deploy/go.sh', guard));
    for (const command of UNREAD) expect(await judge(command, guard), command).toMatchObject({ decision: 'allow' });
  });

  it('and so it is where the skills hold no scripts', async () => {
    await mkdir(join(root, 'kit/words'), { recursive: true });
    await writeFile(join(root, 'kit/words/SKILL.md'), '---\nname: words\ndescription: Says.\n---\nSay.\n');
    const guard = new ScriptGuard({
      skills: async () => [{ name: 'words', folder: join(root, 'kit/words') }],
      approved: new ApprovedScripts(new Kept()),
    });
    expect(await judge('python3 "$F"', guard)).toMatchObject({ decision: 'allow' });
    expect(await judge('. kit/words/SKILL.md', guard)).toMatchObject({ decision: 'ask' });
  });
});
