// What the code calls for a purpose that could be served in several ways, and how its TODO comments look.
import { type Claims, cite } from './evidence.ts';
import type { Survey } from './survey.ts';
import { Tallies } from './tally.ts';

/** What is called for a purpose, and what never is. `module`: it must come from the project or a package, by import. */
const RIVALS: readonly {
  purpose: string;
  used: RegExp;
  never: RegExp;
  neverName: string;
  module?: RegExp;
  languages: RegExp;
}[] = [
  {
    purpose: 'Logging goes through',
    used: /\b(log(?:ger)?)\.(?:info|warn|error|debug|trace)\(/,
    never: /\bconsole\.(?:log|warn|error|info|debug)\(/,
    neverName: 'console',
    languages: /script/,
  },
  {
    purpose: 'Logging goes through',
    used: /\b(log(?:ger)?|logging)\.(?:info|warning|error|debug|exception)\(/,
    never: /^\s*print\(/,
    neverName: 'print',
    languages: /python/,
  },
  {
    purpose: 'Time comes from',
    used: /\b(\w*[cC]lock)\.(?:now|utc|today|time)\w*\(|\b(?:this\.)?(\w*[cC]lock)\.\w+\(/,
    never: /\bDate\.now\(\)|new Date\(\)|datetime\.(?:now|utcnow)\(|time\.time\(\)/,
    neverName: 'the system clock directly',
    languages: /script|python/,
  },
  {
    purpose: 'HTTP calls go through',
    used: /\b(axios|ky|got|undici|httpx|requests|apiClient|httpClient|api)\.(?:get|post|put|patch|delete|request)\(/,
    never: /(?<![.\w])fetch\(|urllib\.request/,
    neverName: 'fetch',
    languages: /script|python/,
  },
  {
    purpose: 'Ids are made with',
    used: /\b(nanoid|ulid|cuid|uuidv7|newId|createId)\(/,
    never: /crypto\.randomUUID\(|uuid4\(/,
    neverName: 'random UUIDs',
    languages: /script|python/,
  },
  {
    purpose: 'Configuration is read through',
    used: /(?<![.\w])(config|settings)\.[A-Za-z]\w+/,
    never: /process\.env\b|os\.environ|os\.getenv/,
    neverName: 'the environment directly',
    languages: /script|python/,
  },
];

async function rivals(survey: Survey, claims: Claims): Promise<void> {
  for (const { purpose, used, never, neverName, languages } of RIVALS) {
    const tallies = new Tallies();
    for (const file of survey.code) {
      if (!languages.test(file.language)) continue;
      file.lines.forEach((line, i) => {
        const name = used.exec(line)?.slice(1).find(Boolean);
        // Where the thing itself is made, the raw way is the right one: that file is one against all others.
        if (name) tallies.of('all').vote(name, file.path, () => cite(file, i));
        else if (never.test(line)) tallies.of('all').vote('', file.path, () => cite(file, i));
      });
      await survey.pace.rest();
    }
    for (const [, { option, votes, total, examples }] of tallies.winners()) {
      if (option !== '')
        claims.add(
          'conventions',
          'architecture',
          0.6,
          `${purpose} \`${option}\`, not ${neverName} (${votes} of ${total}).`,
          examples,
        );
    }
  }
}

/** TODO and FIXME comments that say whom or which ticket. */
async function tags(survey: Survey, claims: Claims): Promise<void> {
  const tally = new Tallies();
  const ticket = new Map<string, string>();
  for (const file of survey.code) {
    file.lines.forEach((line, i) => {
      const [, tag, inside] =
        /(?:\/\/|#|\/?\*|--)\s*(TODO|FIXME)\b(?:\(([^)]*)\)|\s*:?\s*([A-Z]{2,}-\d+|#\d+))?/.exec(line) ?? [];
      if (!tag) return;
      const key = /^([A-Z]{2,})-\d+/.exec(inside ?? '')?.[1];
      const kind = key ? 'ticket' : /^@?[a-z][\w.-]*$/.test(inside ?? '') ? 'name' : 'plain';
      if (key) ticket.set('key', key);
      tally.of('todo').vote(kind, file.path, () => cite(file, i));
    });
    await survey.pace.rest();
  }
  for (const [, { option, votes, total, examples }] of tally.winners()) {
    if (option === 'ticket')
      claims.add(
        'conventions',
        'style',
        0.55,
        `TODO comments carry a ticket, as TODO(${ticket.get('key')}-…) (${votes} of ${total}).`,
        examples,
      );
    if (option === 'name')
      claims.add(
        'conventions',
        'style',
        0.5,
        `TODO comments name a person, as TODO(name) (${votes} of ${total}).`,
        examples,
      );
  }
}

export async function minePurposes(survey: Survey, claims: Claims): Promise<void> {
  await rivals(survey, claims);
  await tags(survey, claims);
}
