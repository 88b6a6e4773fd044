// Claims about modules that are named by their path: `Shop.Orders.Cart` of Elixir and its functions, `:feature:map` of Gradle,
// `module.network.vpc_id` and `var.cidr` of Terraform.
import { absent, type Evidence, type Outcome, supported } from './facts.ts';
import type { LineText } from './line-text.ts';
import { escapeRegExp, lineAt } from './mask.ts';
import type { Workspace } from './workspace.ts';

interface Named extends Evidence {
  name: string;
}

export async function checkModules(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  if (line.idle) return [];
  return [
    ...(await elixirModules(line, workspace)),
    ...(await gradleModules(line, workspace)),
    ...(await terraform(line, workspace)),
  ];
}

const at = ({ path, line }: Evidence): Evidence => ({ path, line });

async function matches(workspace: Workspace, files: RegExp, pattern: RegExp): Promise<Named[]> {
  return workspace.once(`matches ${files.source} ${pattern.source}`, async () => {
    const found: Named[] = [];
    for (const path of (await workspace.files()).filter((file) => files.test(file))) {
      const text = (await workspace.text(path)) ?? '';
      for (const match of text.matchAll(pattern))
        found.push({ name: match[1] ?? '', path, line: lineAt(text, match.index + match[0].search(/\S/)) });
    }
    return found;
  });
}

async function elixirModules(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  const own = await matches(workspace, /\.exs?$/, /^\s*defmodule\s+([\w.]+)/gm);
  if (own.length === 0) return [];
  const outcomes: Outcome[] = [];
  for (const match of line.plain.matchAll(
    /(?<![\w./])((?:[A-Z]\w*\.)*[A-Z]\w*)(?:\.([a-z_]\w*[!?]?))?(?:\/\d+)?(?![\w.]*\w)/g,
  )) {
    const [whole, path = '', callable] = match;
    if (!path.includes('.') && callable === undefined) continue;
    const polarity = line.existence(match.index, match.index + whole.length);
    const segments = path.split('.');
    // A whole path, or its end: `Accounts` for `Shop.Accounts`.
    const meant = own.filter(({ name }) => name === path || name.endsWith(`.${path}`));
    const family = own.find(({ name }) => name.split('.').includes(segments[0] ?? ''));
    if (!family || polarity === 'contrast') continue;
    let hit: Evidence | undefined = meant[0];
    if (hit && callable !== undefined) hit = await functionIn(workspace, meant, callable);
    hit ??= meant.length === 0 ? (await workspace.usages(path))[0] : undefined;
    outcomes.push(
      (hit !== undefined) === (polarity === 'there')
        ? supported(`${whole} is as the line says.`, at(hit ?? family))
        : absent(hit ? `${whole} is there.` : `There is no ${whole}.`, at(hit ?? meant[0] ?? family)),
    );
  }
  // `:cancelled`, where nothing in the code is called so.
  for (const match of line.plain.matchAll(/(?<![\w:`])`?:([a-z]\w{2,})\b(?!:|\.\w)/g)) {
    const atom = match[1] ?? '';
    const polarity = line.existence(match.index, match.index + match[0].length);
    const used = (await workspace.usages(atom))[0];
    if (polarity === 'there' && !used && own[0]) outcomes.push(absent(`:${atom} is nowhere.`, at(own[0])));
    else if (polarity === 'there' && used) outcomes.push(supported(`:${atom} is in use.`, at(used)));
  }
  return outcomes;
}

/** A function, a macro or a callback; modules that bring others' along (`use`) may have any that is called. */
async function functionIn(
  workspace: Workspace,
  modules: readonly Named[],
  name: string,
): Promise<Evidence | undefined> {
  const pattern = new RegExp(`\\b(?:def\\w*|@callback|field|attr|slot)[\\s(]+:?${escapeRegExp(name)}(?![\\w!?])`);
  for (const { path, name: module } of modules) {
    const rows = ((await workspace.text(path)) ?? '').split('\n');
    const index = rows.findIndex((row) => pattern.test(row));
    if (index >= 0) return { path, line: index + 1 };
    const short = module.split('.').at(-1) ?? '';
    const called = (await workspace.usages(`${short}.${name}`)).find((each) => each.as === 'code');
    if (called) return called;
  }
  return undefined;
}

async function gradleModules(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  const includes = await matches(workspace, /(?:^|\/)settings\.gradle(?:\.kts)?$/, /["'](:[\w:-]+)["']/g);
  const [any] = includes;
  if (!any) return [];
  const outcomes: Outcome[] = [];
  for (const match of line.plain.matchAll(/(?<![\w:/.-])(:[a-z][\w-]*(?::[\w-]+)*)(?![\w(])/g)) {
    const name = match[1] ?? '';
    const polarity = line.existence(match.index, match.index + name.length);
    // `:app:lintDebug` is a task of `:app`.
    const hit = includes.find((each) => each.name === name || name.startsWith(`${each.name}:`));
    if (polarity === 'contrast') continue;
    outcomes.push(
      (hit !== undefined) === (polarity === 'there')
        ? supported(`${name} is as the line says.`, at(hit ?? any))
        : absent(hit ? `${name} is there.` : `There is no module ${name}.`, at(hit ?? any)),
    );
  }
  return outcomes;
}

/** Addresses in the language of Terraform. */
async function terraform(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const match of line.plain.matchAll(/(?<![\w./-])(var|local|module)\.([a-z][\w-]*)(?:\.([a-z]\w*))?/g)) {
    const [whole, root = '', name = '', output] = match;
    const files = /\.tf$/;
    const made =
      root === 'var'
        ? await matches(workspace, files, /^\s*variable\s+"([\w-]+)"/gm)
        : root === 'module'
          ? await matches(workspace, files, /^\s*module\s+"([\w-]+)"/gm)
          : await matches(workspace, files, /^\s+([a-z]\w*)\s*=/gm);
    const outputs = output === undefined ? [] : await matches(workspace, files, /^\s*output\s+"([\w-]+)"/gm);
    const [any] = made;
    const own = made.find((each) => each.name === name);
    const hit = own && output !== undefined && outputs.length > 0 ? outputs.find((each) => each.name === output) : own;
    if (!any || line.existence(match.index, match.index + whole.length) !== 'there') continue;
    outcomes.push(hit ? supported(`${whole} is there.`, at(hit)) : absent(`There is no ${whole}.`, at(own ?? any)));
  }
  return outcomes;
}
