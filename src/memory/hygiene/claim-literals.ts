// Claims with values whose form tells what they are: ranges of addresses, types of machines, schemes of links.

import type { PathMention } from './claim-paths.ts';
import { absent, contradicted, type Evidence, type Outcome, supported } from './facts.ts';
import type { LineText } from './line-text.ts';
import type { Workspace } from './workspace.ts';

/** Values of one form; the line must speak of what has such a value. */
const FORMS: readonly { value: RegExp; about: RegExp }[] = [
  { value: /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}\/\d{1,2}(?!\d)/g, about: /./ },
  // `m7g.large`, `db.t4g.medium`, `n2-standard-4`, `Standard_D4s_v5`
  {
    value:
      /(?<![\w./-])(?:(?:db|cache|ml)\.)?[a-z]{1,4}\d[a-z\d-]*\.(?:nano|micro|small|medium|large|\d*xlarge|metal)\b/g,
    about: /./,
  },
  {
    value:
      /(?<![\w./-])(?:[a-z]\d[a-z]?-(?:standard|highmem|highcpu|micro|small|medium)(?:-\d+)?|Standard_[A-Z]\w+)\b/g,
    about: /./,
  },
  { value: /(?<![\w-])(?:ubuntu|macos|windows)-(?:\d[\d.]*\d|latest)\b/g, about: /./ },
  // Links of the app's own
  {
    value: /(?<![\w+.-])[a-z][a-z\d+.-]{2,}:\/\/(?!\w*[@:])/g,
    about: /\b(?:deep[- ]?links?|url schemes?|schemes?|app links?)\b/i,
  },
];
const KNOWN_SCHEME = /^(?:https?|wss?|ftp|file|ssh|git|data|mailto|tel)$/;
const PROSE = /\.(?:mdx?|txt|rst|adoc|svg|lock)$|-lock\.\w+$/i;

export async function checkLiterals(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  if (line.idle) return [];
  const outcomes: Outcome[] = [];
  for (const { value, about } of FORMS) {
    if (!about.test(line.text)) continue;
    for (const match of line.text.matchAll(value)) {
      const scheme = match[0].endsWith('://') ? match[0].slice(0, -3) : undefined;
      if (scheme !== undefined && KNOWN_SCHEME.test(scheme)) continue;
      const found = await lookFor(match[0], scheme, value, workspace);
      if (!found || line.existence(match.index, match.index + match[0].length) !== 'there') continue;
      const place = { path: found.path, line: found.line };
      outcomes.push(
        found.same
          ? supported(`${match[0]} is there.`, place)
          : absent(`${match[0]} is nowhere; ${found.text} is.`, place),
      );
    }
  }
  return outcomes;
}

/** The value itself, or else another of its form. */
/** `com.unity.cinemachine`: where others begin so. */
export async function checkReversed(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  if (line.idle) return [];
  const outcomes: Outcome[] = [];
  for (const match of line.plain.matchAll(
    /(?<![\w./@-])((?:com|org|io|net|dev|app|info|[a-z]{2})\.[a-z]\w*)\.[a-z][\w.-]*\w/g,
  )) {
    if (line.existence(match.index, match.index + match[0].length) !== 'there') continue;
    const same = (await workspace.usages(match[0]))[0];
    const kin = same ?? (await workspace.usages(match[1] ?? ''))[0];
    const id = /\b(?:bundle id(?:entifier)?|application ?id|package name)\b/i.test(line.plain);
    const key = kin ?? (id ? await identifier(workspace) : undefined);
    if (!key) continue;
    const place = { path: key.path, line: key.line };
    outcomes.push(same ? supported(`${match[0]} is there.`, place) : absent(`${match[0]} is nowhere.`, place));
  }
  return outcomes;
}

/** "deny.toml allows MPL-2.0", "deploy/shop.yaml deploys 2.2.0": a value that the only file named does not have. */
export async function checkInFile(
  line: LineText,
  paths: readonly PathMention[],
  workspace: Workspace,
): Promise<Outcome[]> {
  const [path, ...others] = paths;
  const file = path?.found[0];
  if (line.idle || !path || file === undefined || others.length > 0 || path.found.length > 1 || !/\.\w+$/.test(file))
    return [];
  const claim =
    /^[`'"]?\s+(?:allows|uses|follows|deploys|pins|sets|lists|installs|targets|requires)\s+(?:the\s+|version\s+)?[`'"]?([A-Za-z\d][\w-]*(?:[.-]\d[\w-]*)+|v?\d+(?:\.\d+)+)(?=[`'"]?(?:\s|[,;)]|\.?$))/.exec(
      line.plain.slice(path.end),
    )?.[1];
  const rows = ((await workspace.text(file)) ?? '').split('\n');
  if (claim === undefined || rows.length < 2) return [];
  const index = rows.findIndex((row) => row.toLowerCase().includes(claim.toLowerCase()));
  const place = { path: file, line: Math.max(1, index + 1) };
  return [
    index >= 0 ? supported(`${claim} is in ${file}.`, place) : contradicted(`${claim} is not in ${file}.`, place),
  ];
}

/** Where the app's own id is set. */
async function identifier(workspace: Workspace): Promise<Evidence | undefined> {
  for (const word of ['PRODUCT_BUNDLE_IDENTIFIER', 'applicationId', 'bundleIdentifier']) {
    const use = (await workspace.usages(word))[0];
    if (use) return use;
  }
  return undefined;
}

async function lookFor(
  wanted: string,
  scheme: string | undefined,
  form: RegExp,
  workspace: Workspace,
): Promise<(Evidence & { text: string; same: boolean }) | undefined> {
  let other: (Evidence & { text: string; same: boolean }) | undefined;
  const declared =
    scheme === undefined
      ? undefined
      : new RegExp(`["'>]${scheme.replace(/[.+]/g, '\\$&')}["'<]|${scheme.replace(/[.+]/g, '\\$&')}://`);
  for (const path of await workspace.files()) {
    if (PROSE.test(path)) continue;
    for (const [index, row] of ((await workspace.text(path)) ?? '').split('\n').entries()) {
      const place = { path, line: index + 1 };
      if (declared ? declared.test(row) : row.includes(wanted)) return { ...place, text: wanted, same: true };
      const like = declared ? /\bscheme\b/i.exec(row)?.[0] : row.match(form)?.[0];
      if (like !== undefined) other ??= { ...place, text: declared ? row.trim().slice(0, 80) : like, same: false };
    }
  }
  return other;
}
