// Claims about routes: is a path served that a line names?
import { contradicted, type Evidence, type Outcome, supported } from './facts.ts';
import type { LineText } from './line-text.ts';
import { isTestPath, type Workspace } from './workspace.ts';

interface Route {
  path: string;
  start: number;
  end: number;
}

const METHOD = '(?:GET|POST|PUT|PATCH|DELETE|HEAD)';
const ABOUT_ROUTES =
  /\b(?:endpoints?|routes?|url|handler|served|serves|requests?|api|probes?|liveness|readiness|health|health ?checks?|healthcheck|webhooks?|metrics)\b/i;

/** In backticks, behind a method, or as the place of an endpoint or a probe. */
function routesIn(line: LineText): Route[] {
  const found: Route[] = [];
  const add = (raw: string, start: number): void => {
    const text = raw.replace(/[.,;:)]+$/, '');
    const path = text.replace(/\/$/, '');
    if (path !== '' && !/\.\w{1,4}$/.test(path) && !found.some((each) => start < each.end && start >= each.start))
      found.push({ path, start, end: start + text.length });
  };
  for (const { text, start } of line.spans) {
    const route = new RegExp(`^(${METHOD}\\s+)?(\\/[\\w:{}<>[\\]*./-]*)$`).exec(text);
    if (route && (route[1] !== undefined || ABOUT_ROUTES.test(line.plain)))
      add(route[2] ?? '', start + (route[1]?.length ?? 0));
  }
  for (const match of line.plain.matchAll(new RegExp(`\\b${METHOD}\\s+[\`'"]?(\\/[\\w:{}<>*./-]*)`, 'g')))
    add(match[1] ?? '', match.index + match[0].indexOf('/'));
  if (ABOUT_ROUTES.test(line.plain))
    for (const match of line.plain.matchAll(
      /(?<=\b(?:at|is|on|under|from|endpoint|route|probe|via|to|and|calls?|hits?|fetch(?:es)?|polls?|requests?|gets?|posts?)\s|\b(?:endpoints?|routes?|probes?|checks?|url|metrics|health|liveness|readiness):\s)\/[\w:{}<>*./-]+/g,
    ))
      if (!line.inCode(match.index)) add(match[0], match.index);
  return found;
}

/** "the endpoint `/health`", "GET /users/:id", "the probe is at /ready" */
export async function checkRoutes(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  if (line.idle) return outcomes;
  for (const { path, start, end } of routesIn(line)) {
    const parts = path.split('/').filter((part) => part !== '');
    const literal = parts.filter((part) => /^[\w-]+$/.test(part)).at(-1);
    if (literal === undefined) continue;
    let whole: Evidence | undefined;
    let part: Evidence | undefined;
    for (const file of await workspace.codeFiles()) {
      if (isTestPath(file)) continue;
      const lines = ((await workspace.text(file)) ?? '').split('\n');
      const has = (needle: RegExp): Evidence | undefined => {
        const index = lines.findIndex((each) => needle.test(each) && !/^\s*(?:\/\/|#|\*)/.test(each));
        return index >= 0 ? { path: file, line: index + 1 } : undefined;
      };
      whole ??= has(
        new RegExp(`["'\`](?:[A-Z]+ )?/?${path.slice(1).replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')}/?["'\`?]`),
      );
      part ??=
        has(new RegExp(`["'\`/]${literal}(?![\\w-])[^"'\`\\n]*["'\`]`)) ??
        (new RegExp(`(?:^|/)(?:app|pages|routes|api)/(?:.*/)?${literal}(?:/|\\.)`).test(file)
          ? { path: file, line: 1 }
          : undefined);
      if (whole) break;
    }
    const polarity = line.existence(start, end);
    const hit = whole ?? ((await otherVersion(workspace, parts)) ? undefined : part);
    if (polarity === 'contrast') continue;
    if (polarity === 'gone')
      outcomes.push(
        whole ? contradicted(`${path} is there.`, whole) : supported(`${path} is not there, as the line says.`),
      );
    else if (hit) outcomes.push(supported(`${path} is there.`, hit));
    else if ((await workspace.codeFiles()).length > 0)
      outcomes.push(contradicted(`${path} is served nowhere.`, ...(part ? [part] : [])));
  }
  return outcomes;
}

/** "/api/v1/alerts" where only v2 is served. */
async function otherVersion(workspace: Workspace, parts: readonly string[]): Promise<boolean> {
  const version = parts.find((part) => /^v\d+$/.test(part));
  if (version === undefined) return false;
  const served = new Set<string>();
  for (const file of await workspace.codeFiles()) {
    if (isTestPath(file)) continue;
    const text = (await workspace.text(file)) ?? '';
    for (const [, each = ''] of text.matchAll(/["'`][^"'`\n]*?\/(v\d+)(?=[/"'`])/g)) served.add(each);
  }
  return served.size > 0 && !served.has(version);
}
