// Claims about ports of this computer: "localhost:3000", "listens on 7070", "gateway: 7070".
import { absent, contradicted, type Evidence, type Outcome, supported } from './facts.ts';
import type { LineText } from './line-text.ts';
import type { Placed } from './setting.ts';
import { settingIndex } from './setting-places.ts';
import type { Workspace } from './workspace.ts';

const PORT = new RegExp(
  [
    String.raw`(?:\b(?:localhost|127\.0\.0\.1|0\.0\.0\.0)|(?<=\s[\`'"]?)):(\d{2,5})\b`,
    String.raw`\b(?:listen(?:s|ing)?|bind(?:s|ing)?|bound|served?|serves|serving|reachable|exposed|published|mapped|forwarded|answers|comes up|starts?|available|runs?|is|sits)\s+(?:\w+\s+){0,2}?(?:on|to|at)\s+(?:port\s+)?[\`'"]?(\d{4,5})\b(?!\s*(?:%|ms\b|s\b|MB|GB|KB|times|workers?|rows|items|files|tests|users|requests|lines|entries))`,
    String.raw`\bport\s+(?:is\s+|=\s*|:\s*|number\s+)?[\`'"]?(\d{2,5})\b`,
    String.raw`\b(?:servers?|ui|api|gateway|db|database|dashboard|app|proxy|backend|frontend|metrics|console|ports?):\s*[\`'"]?(\d{4,5})\b`,
  ].join('|'),
  'gi',
);

/** "Port 5432 is Postgres' own": of a port as such, wherever it is used. */
const GENERAL =
  /^[`'"]?\s+(?:belongs\s+to\b|(?:is|was)\s+(?:(?:often|usually|already|sometimes)\s+)?(?:[\w'’]+\s+){0,3}?(?:own|taken|reserved|blocked|standard|well-known)\b)/i;

const at = ({ path, line }: Evidence): Evidence => ({ path, line });

/**
 * @param known what the line's own files set; where none of them is meant, what all files set
 * @param direct the line names those files by their paths: a port elsewhere is not theirs
 */
export async function hostPorts(
  line: LineText,
  known: readonly Placed[],
  workspace: Workspace,
  direct: boolean,
): Promise<Outcome[]> {
  const claims = [...line.text.matchAll(PORT)]
    .filter(({ 0: all, index }) => !GENERAL.test(line.text.slice(index + all.length)))
    .map((match) => match.slice(1).find((each) => each !== undefined) ?? '');
  if (claims.length === 0 || line.idle) return [];
  const isPort = ({ key, value }: Placed): boolean =>
    /(?:^|[a-z_-])port$/i.test(key.filter((part) => !/^\d+$/.test(part)).at(-1) ?? '') && /^\d+$/.test(value);
  const everything = await settingIndex([], workspace);
  const all = await workspace.once('ports', async () => everything.all.filter(isPort));
  const own = known === everything.all ? all : known.filter(isPort);
  const outcomes: Outcome[] = [];
  for (const claim of direct ? (own.length > 0 ? claims : []) : claims) {
    if (direct) {
      const hit = own.find(({ value }) => value === claim);
      const place = hit ?? own[0];
      if (place)
        outcomes.push(
          hit ? supported(`The port is ${claim}.`, at(place)) : contradicted(`The port is ${place.value}.`, at(place)),
        );
      continue;
    }
    const hit = [...own, ...all].find(({ value }) => value === claim) ?? (await mentioned(workspace, claim));
    const first = own[0] ?? all[0];
    if (hit) outcomes.push(supported(`The port ${claim} is in use.`, at(hit)));
    else if (first) outcomes.push(absent(`The port ${claim} is nowhere; ${first.value} is.`, at(first)));
  }
  return outcomes;
}

/** As a part of an address, or as a flag's value: not the inner port of a container. */
async function mentioned(workspace: Workspace, port: string): Promise<Evidence | undefined> {
  const address = new RegExp(
    `(?:\\b(?:runserver|serve|listen|http\\.server|port|bind)\\b[ :(=]*(?:[\\d.]+:)?|\\s-p[ =]?|://[\\w.-]+:|["'\`=\\s]:|localhost:|127\\.0\\.0\\.1:|\\[::\\]:|--?p(?:ort)?[= ]|\\bport["']?\\s*[:=,]\\s*["']?|PORT["']?\\s*[:=,]\\s*["']?|["'](?:\\d+\\.[\\d.]+:)?)${port}(?!\\d)`,
  );
  for (const path of await workspace.files()) {
    if (/\.(?:mdx?|txt|rst|lock)$|-lock\.\w+$|(?:^|\/)go\.sum$/i.test(path)) continue;
    const text = await workspace.text(path);
    const index = text?.includes(port) ? text.split('\n').findIndex((row) => address.test(row)) : -1;
    if (index >= 0) return { path, line: index + 1 };
  }
  return undefined;
}
