// Each habit that is mined: said when all files have it, not said when a third does otherwise.
import { describe, expect, it } from 'vitest';
import { gatherEvidence } from '../../../src/memory/evidence/gather.ts';

type Files = Record<string, string>;

const claims = async (files: Files) =>
  gatherEvidence({
    files: {
      list: async () => Object.entries(files).map(([path, text]) => ({ path, bytes: text.length })),
      read: async (path) => files[path] ?? null,
    },
  });

const NAMES = ['apple', 'berry', 'cherry', 'date', 'elder', 'fig', 'grape', 'hazel', 'iris'];

/** Nine files of one line (or more) each; of the last three the other way. */
const repository = (path: string, habit: string, other = habit): Files =>
  Object.fromEntries(
    NAMES.map((name, i) => {
      const upper = name[0]?.toUpperCase() + name.slice(1);
      const fill = (text: string) => text.replaceAll('$N', upper).replaceAll('$n', name).replaceAll('$i', String(i));
      return [fill(path), `${fill(i < 6 ? habit : other)}\n`];
    }),
  );

const CASES: [path: string, habit: string, other: string, claim: RegExp][] = [
  ['src/$n.ts', 'export interface I$N {}', 'export interface $N {}', /^Interfaces begin with I/],
  ['src/$n.ts', 'export const MAX_$i = 5;', 'export const max$i = 5;', /SCREAMING_CASE/],
  ['src/$n.ts', 'let isOpen: boolean;', 'let open: boolean;', /^Names of booleans begin/],
  [
    'src/$n.ts',
    'class $N {\n  private _name = 1;\n}',
    'class $N {\n  private name = 1;\n}',
    /^Private members begin with _/,
  ],
  ['src/$n.ts', 'export async function get$NAsync() {}', 'export async function get$N() {}', /end with Async/],
  [
    'src/$n.ts',
    'export const $NSchema = z.object({});',
    'export const $n = z.object({});',
    /named …Schema, in PascalCase/,
  ],
  ['src/$n.ts', 'try {} catch (cause) {}', 'try {} catch (e) {}', /^Caught errors are named cause/],
  ['src/$n.ts', "throw new Error('It is gone.');", "throw new Error('it is gone');", /^Error messages are sentences/],
  ['src/$n.ts', 'export function a$N(): Result<string> {', 'export function a$N(): string {', /return a Result/],
  [
    'src/$n.ts',
    'interface $N {\n  readonly id: string;\n}',
    'interface $N {\n  id: string;\n}',
    /^Fields are readonly/,
  ],
  [
    'src/$n.ts',
    "// What $n is for.\nimport { a } from './a';\nconst b = a;\n",
    "import { a } from './a';\nconst b = a;\nconst c = b;\n",
    /begins with a comment that says/,
  ],
  [
    'src/$n.ts',
    "import fs from 'node:fs';\nimport z from 'zod';\nimport a from './a';",
    "import a from './a';\nimport z from 'zod';\nimport fs from 'node:fs';",
    /^Imports are ordered/,
  ],
  ['src/$n.ts', "import fs from 'node:fs';", "import fs from 'fs';", /node: prefix/],
  ['src/$n.ts', 'export enum $N { A }', "export type $N = 'a' | 'b';", /^Closed sets are enums/],
  [
    'src/$n.ts',
    'export type $N = {\n  a: string;\n};',
    'export interface $N {\n  a: string;\n}',
    /declared as type, not interface/,
  ],
  ['src/$n.ts', 'export const a$i = () => 1;', 'export function a$i() {\n}', /arrow functions in const/],
  ['src/$n.ts', 'export default function $N() {}', 'export function $N() {}', /have a default export/],
  ['src/$n.ts', "import { a } from '@/lib/a';", "import { a } from '../../lib/a';", /imported through @\//],
  ['src/hooks/$n.ts', 'export function use$N() {}', 'export function $nHook() {}', /src\/hooks\/ begin with `use`/],
  [
    'src/jobs/$n.ts',
    'export const run = () => 1;',
    'export const start = () => 1;',
    /Every file in src\/jobs\/ exports `run`/,
  ],
  ['src/$n.ts', "logger.info('x');", "console.log('x');", /^Logging goes through `logger`, not console/],
  ['src/$n.ts', "router.get('/api/v2/$ns', x);", "router.get('/$ns', x);", /^HTTP paths begin with \/api\/v2/],
  ['src/$n.ts', '// TODO(anna): mend $n', '// TODO mend $n', /^TODO comments name a person/],
  ['src/$n.test.ts', "it('should do $n', () => {});", "it('does $n', () => {});", /begin with "should"/],
  ['src/__tests__/$n.test.ts', "test('$n', () => {});", "it('$n', () => {});", /^Test cases are test/],
  ['app/$n.py', 'def get_$n(a: int) -> int:', 'def get_$n(a):', /have type hints/],
  ['app/$n.py', 'x = Path("a") / "b"', 'x = os.path.join("a", "b")', /pathlib, not os\.path/],
  ['app/$n.py', 'def f(a: str | None) -> None:', 'def f(a: Optional[str]) -> None:', /X \| None/],
  ['app/$n.py', 'x = f"{a}"', 'x = "{}".format(a)', /f-strings/],
  ['app/$n.py', 'from .models import $N', 'from app.models import $N', /within the package are relative/],
  ['app/$n.py', 'class $N(BaseModel):', '@dataclass\nclass $N:', /pydantic models/],
];

describe('a habit', () => {
  it.each(CASES)('in %s: %j', async (path, habit, other, claim) => {
    const all = await claims(repository(path, habit));
    expect(all.map((e) => e.claim).join('\n')).toMatch(new RegExp(claim.source, 'm'));
    const mixed = await claims(repository(path, habit, other));
    expect(mixed.filter((e) => claim.test(e.claim))).toEqual([]);
  });

  it('of folders: the same files in each, dates and numbers before names', async () => {
    const folders = Object.fromEntries(
      NAMES.flatMap((name) => [
        [`src/features/${name}/model.ts`, `export const a = '${name}';\n`],
        [`src/features/${name}/${name}-view.ts`, `export const b = '${name}';\n`],
      ]),
    );
    const said = (await claims({ ...folders, ...repository('db/2024010$i_$n.sql', 'select 1;') })).map((e) => e.claim);
    expect(said).toContain('Each folder in src/features/ has <name>-view.ts, model.ts.');
    expect(said).toContain('Files in db/ begin with their date, as 20240100_apple.sql.');
    delete folders['src/features/fig/model.ts'];
    delete folders['src/features/iris/model.ts'];
    expect((await claims(folders)).filter((e) => /Each folder/.test(e.claim))).toEqual([]);
  });
});
