// A temporary workspace and home for tests of skills.
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface Sandbox extends AsyncDisposable {
  root: string;
  project: string;
  home: string;
  write(path: string, text: string | Uint8Array): Promise<string>;
  /** A valid skill; `at` is its folder relative to the sandbox. */
  skill(at: string, options?: { name?: string; description?: string; more?: string; body?: string }): Promise<string>;
}

export async function makeSandbox(): Promise<Sandbox> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'letta-skills-')));
  const write = async (path: string, text: string | Uint8Array) => {
    const file = join(root, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    return file;
  };
  await mkdir(join(root, 'project'));
  await mkdir(join(root, 'home'));
  return {
    root,
    project: join(root, 'project'),
    home: join(root, 'home'),
    write,
    skill: async (
      at,
      { name = at.split('/').at(-1) ?? '', description = 'Does it.', more = '', body = 'Do it.' } = {},
    ) => {
      await write(
        `${at}/SKILL.md`,
        `---\nname: ${name}\ndescription: ${JSON.stringify(description)}\n${more}---\n${body}\n`,
      );
      return join(root, at);
    },
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  };
}
