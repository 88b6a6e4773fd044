// Claims about routes: is a path served that a line names?
import { absent, contradicted, type Evidence, type Outcome, supported } from './facts.ts';
import type { LineText } from './line-text.ts';
import { isTestPath, type Workspace } from './workspace.ts';

interface Route {
  path: string;
  /** Upper case, where the line says it. */
  method?: string;
  start: number;
  end: number;
}

const METHOD = '(?:GET|POST|PUT|PATCH|DELETE|HEAD)';
const ABOUT_ROUTES =
  /\b(?:endpoints?|routes?|url|handler|served|serves|requests?|api|probes?|liveness|readiness|health|health ?checks?|healthcheck|webhooks?|metrics)\b/i;

/** In backticks, behind a method, or as the place of an endpoint or a probe. */
function routesIn(line: LineText): Route[] {
  const found: Route[] = [];
  const add = (raw: string, start: number, method?: string): void => {
    const text = raw.replace(/[.,;:)]+$/, '');
    const path = text.replace(/\/$/, '');
    if (path !== '' && !/\.\w{1,4}$/.test(path) && !found.some((each) => start < each.end && start >= each.start))
      found.push({ path, start, end: start + text.length, ...(method ? { method } : {}) });
  };
  for (const { text, start } of line.spans) {
    const route = new RegExp(`^(${METHOD}\\s+)?(\\/[\\w:{}<>[\\]*./-]*)$`).exec(text);
    if (route && (route[1] !== undefined || ABOUT_ROUTES.test(line.plain)))
      add(route[2] ?? '', start + (route[1]?.length ?? 0), route[1]?.trim());
  }
  for (const match of line.plain.matchAll(
    new RegExp(`\\b(${METHOD})\\s+[\`'"]?(\\/[\\w:{}<>*./-]*|[a-z]\\w*(?:\\/[\\w:{}-]+)+)`, 'g'),
  ))
    add(`/${(match[2] ?? '').replace(/^\//, '')}`, match.index + match[0].lastIndexOf(match[2] ?? ''), match[1]);
  if (ABOUT_ROUTES.test(line.plain) || /\s\/(?:health\w*|livez?|readyz?|ping|metrics)\b/.test(line.plain))
    for (const match of line.plain.matchAll(
      /(?<=\b(?:at|is|on|under|from|endpoint|route|probe|via|to|and|calls?|hits?|fetch(?:es)?|polls?|requests?|gets?|posts?|checks?|asks?|serves?|answers?|uses?|pings?)\s|\b(?:endpoints?|routes?|probes?|checks?|url|metrics|health|liveness|readiness):\s)\/[\w:{}<>*./-]+/g,
    ))
      if (!line.inCode(match.index)) add(match[0], match.index);
  return found;
}

/** "the endpoint `/health`", "GET /users/:id", "the probe is at /ready" */
export async function checkRoutes(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  if (line.idle) return outcomes;
  for (const { path, start, end, method } of routesIn(line)) {
    const parts = path.split('/').filter((part) => part !== '');
    const literal = parts.filter((part) => /^[\w-]+$/.test(part)).at(-1);
    if (literal === undefined) continue;
    let whole: Evidence | undefined;
    let part: Evidence | undefined;
    const declared = await inConfig(workspace, path);
    for (const file of declared ? [] : await workspace.codeFiles()) {
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
        has(new RegExp(`/${literal}(?![\\w-])[^"'\`\\n]*["'\`]`)) ??
        // A word alone is a part of a route only where routes are made.
        has(new RegExp(`^(?=.*${ROUTING}).*["'\`]${literal}(?![\\w-])[^"'\`\\n]*["'\`]`, 'i')) ??
        // `post :archive` of Rails
        (file.endsWith('.rb') ? has(new RegExp(`:${literal}(?![\\w-])`)) : undefined) ??
        (new RegExp(`(?:^|/)(?:app|pages|routes|api)/(?:.*/)?${literal}(?:/|\\.)`).test(file)
          ? { path: file, line: 1 }
          : undefined);
      if (whole) break;
    }
    const polarity = line.existence(start, end);
    const others = method === undefined ? undefined : await otherMethods(workspace, method, literal);
    const hit = others ? undefined : (declared ?? whole ?? ((await otherVersion(workspace, parts)) ? undefined : part));
    if (polarity === 'contrast') continue;
    const sure = whole ?? declared;
    if (polarity === 'gone')
      outcomes.push(
        sure ? contradicted(`${path} is there.`, sure) : supported(`${path} is not there, as the line says.`),
      );
    else if (hit) outcomes.push(supported(`${path} is there.`, hit));
    else if ((await workspace.codeFiles()).length > 0 || (await inConfig(workspace, '/')))
      outcomes.push(absent(`${path} is served nowhere.`, ...[others ?? part ?? []].flat()));
  }
  return outcomes;
}

/** What stands in lines that make routes. */
const ROUTING =
  '\\b(?:routes?|router|path|\\w*mapping|resources?|get|post|put|patch|delete|register|mount|scope|namespace|group|use|live|prefix|url|handle(?:func)?|endpoint|blueprint|controller)\\b';
const HANDLER = /(?<![\w$])@?(?:Http)?(get|post|put|patch|delete|head)(?:Mapping)?\s*\(?\s*\[?["'`]([^"'`\n]*)["'`]/gi;
/** Frameworks that make routes of their own for a resource. */
const IMPLICIT =
  /\b(?:resources?|apiResources?|ModelViewSet|ViewSet|crud|Resource|all|any|match|use|add_url_rule|handle(?:func)?|path|route|register)\b/i;

/** Where a path is served by other methods than this one, and by no rule that may stand for any. */
async function otherMethods(workspace: Workspace, method: string, literal: string): Promise<Evidence | undefined> {
  let other: Evidence | undefined;
  const annotated = /@(Get|Post|Put|Patch|Delete)Mapping\b|\[Http(Get|Post|Put|Patch|Delete)\b/g;
  const named = new RegExp(`["'\`/:]${literal}(?![\\w-])`);
  for (const file of await workspace.codeFiles()) {
    if (isTestPath(file)) continue;
    const text = (await workspace.text(file)) ?? '';
    for (const [index, row] of text.split('\n').entries()) {
      // Routes of a front end have no methods.
      if (!named.test(row) || /:\/\/|\b(?:loadComponent|loadChildren|redirectTo|component|element)\s*:/.test(row))
        continue;
      // A class with the path, and methods with theirs.
      if (/@RequestMapping\b|\[Route\b/.test(row)) {
        const methods = [...text.matchAll(annotated)].map((match) => (match[1] ?? match[2] ?? '').toUpperCase());
        if (methods.length === 0 || methods.includes(method)) return undefined;
        other ??= { path: file, line: index + 1 };
        continue;
      }
      const handlers = [...row.matchAll(HANDLER)].filter(([, , path = '']) => path.split('/').includes(literal));
      if (handlers.length === 0 && IMPLICIT.test(row)) return undefined;
      if (handlers.some(([, each = '']) => each.toUpperCase() === method)) return undefined;
      if (handlers.length > 0) other ??= { path: file, line: index + 1 };
    }
  }
  return other;
}

/** A probe or a rule of a proxy: `path: /ready`. `/`: whether there is any. */
async function inConfig(workspace: Workspace, path: string): Promise<Evidence | undefined> {
  const known = await workspace.once('configured paths', async () => {
    const found: (Evidence & { value: string })[] = [];
    for (const file of await workspace.configFiles()) {
      if (/\.json$/.test(file)) continue;
      for (const { value, line } of await workspace.settings(file))
        if (/^\/[\w./-]*$/.test(value)) found.push({ path: file, line, value: value.replace(/\/$/, '') });
    }
    return found;
  });
  const hit = known.find(({ value }) => path === '/' || value === path);
  return hit && { path: hit.path, line: hit.line };
}

/** "/api/v1/alerts" where only v2 is served. */
async function otherVersion(workspace: Workspace, parts: readonly string[]): Promise<boolean> {
  const version = parts.find((part) => /^v\d+$/.test(part));
  if (version === undefined) return false;
  const served = new Set<string>();
  for (const file of await workspace.codeFiles()) {
    if (isTestPath(file)) continue;
    const text = (await workspace.text(file)) ?? '';
    // The address of another's API is none that is served here.
    for (const [, each = ''] of text.matchAll(/\b(?:namespace|scope)[\s(]+:(v\d+)\b/g)) served.add(each);
    for (const [whole, each = ''] of text.matchAll(/["'`][^"'`\n]*?\/(v\d+)(?=[/"'`])/g))
      if (!whole.includes('://')) served.add(each);
  }
  return served.size > 0 && !served.has(version);
}
