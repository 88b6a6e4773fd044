// Claims about the tables of a database and their columns, against what makes them.
import { absent, contradicted, type Evidence, type Outcome, supported } from './facts.ts';
import type { LineText } from './line-text.ts';
import { type Table, type Tables, tablesOf } from './table-places.ts';
import type { Workspace } from './workspace.ts';

const LIST = '((?:[`\'"]?[a-z]\\w*[`\'"]?(?:\\s*,\\s*(?:and\\s+)?|\\s+and\\s+)?)+)';

/** "tables: alerts, silences", "alerts has a severity column", "alerts.acked_by" */
export async function checkTables(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  if (line.idle) return [];
  const tables = await tablesOf(workspace);
  const [any] = tables.known.values();
  if (!any) return [];
  return [
    ...listed(line, tables.known, any),
    ...(await named(line, tables, any, workspace)),
    ...(await columns(line, tables.known, workspace)),
  ];
}

const at = ({ path, line }: Evidence): Evidence => ({ path, line });

function listed(line: LineText, tables: ReadonlyMap<string, Table>, any: Table): Outcome[] {
  const match = new RegExp(`\\btables(?:\\s+are)?\\s*:?\\s+${LIST}\\s*(?:$|[.;(])`, 'i').exec(line.plain);
  if (!match) return [];
  const names = (match[1] ?? '').split(/[\s,`'"]+|\band\b/).filter((name) => name.length > 1);
  const found = names.flatMap((name) => tables.get(name.toLowerCase()) ?? []);
  const [first] = found;
  const missing = names.find((name) => !tables.has(name.toLowerCase()));
  // With none of them found the words may be any.
  if (!first || names.length < 2) return [];
  return [
    missing === undefined
      ? supported('The tables are there.', ...found.map(at))
      : absent(`There is no table ${missing}.`, at(any)),
  ];
}

async function named(line: LineText, tables: Tables, any: Table, workspace: Workspace): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const match of line.plain.matchAll(
    /[`'"](\w+)[`'"]\s+table\b|\btable\s+(?:called\s+|named\s+)?[`'"](\w+)[`'"]|\b(?:the|an?)\s+([a-z]+_[a-z_]+)\s+table\b|\b(?:the|an?)\s+([a-z]{3,}s)\s+table\b|\btable\s+([a-z]+_[a-z_]+|[a-z]{3,}s)\b(?=\s*(?:$|[.,;)]))|\b[Tt]he\s+table\s+([a-z]\w{2,})\s+(?:holds|has|stores|keeps|contains|records)\b/gi,
  )) {
    const plain = match[4] ?? match[5];
    const name = match[1] ?? match[2] ?? match[3] ?? plain ?? match[6] ?? '';
    const start = match.index + match[0].indexOf(name);
    const polarity = line.existence(start, start + name.length);
    const hit = tables.known.get(name.toLowerCase());
    if (polarity === 'contrast') continue;
    // "the settings table": a word that stands elsewhere may name something else.
    if (
      !hit &&
      plain &&
      !plain.includes('_') &&
      !tables.dropped.has(plain.toLowerCase()) &&
      (await workspace.usages(plain))[0]
    )
      continue;
    if (hit)
      outcomes.push(
        polarity === 'there'
          ? supported(`The table ${name} is there.`, at(hit))
          : contradicted(`The table ${name} is there.`, at(hit)),
      );
    else
      outcomes.push(
        polarity === 'there'
          ? absent(`There is no table ${name}.`, at(any))
          : supported(`There is no table ${name}, as the line says.`),
      );
  }
  return outcomes;
}

async function columns(line: LineText, tables: ReadonlyMap<string, Table>, workspace: Workspace): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const judge = (tableName: string, column: string, start: number): void => {
    const table = tables.get(tableName.toLowerCase());
    // Where no statement makes its columns, or the framework does, nothing is known of them.
    if (!table || table.columns.size === 0 || /^(?:id|(?:created|updated|inserted|deleted)_at|\w+_id)$/i.test(column))
      return;
    if (/^(?:an?|the|no|new|single|generated|computed|nullable|unique|primary|foreign|different)$/i.test(column))
      return;
    const polarity = line.existence(start, start + column.length);
    if (polarity === 'contrast') return;
    const hit = table.columns.get(column.toLowerCase());
    const there = polarity === 'there';
    outcomes.push(
      (hit !== undefined) === there
        ? supported(`${tableName}.${column} is as the line says.`, at(hit ?? table))
        : contradicted(
            hit ? `${tableName} has a column ${column}.` : `${tableName} has no column ${column}.`,
            at(hit ?? table),
          ),
    );
  };
  const text = line.plain;
  for (const match of text.matchAll(
    /\b(\w+)[`'"]?(?:\s+table)?\s+(?:has|have|got|gets|contains|stores|lacks|keeps)\s+(?:no\s+|an?\s+|the\s+)?(?:\w+\s+)?[`'"]?(\w+)[`'"]?\s+(?:column|field)\b/gi,
  ))
    judge(match[1] ?? '', match[2] ?? '', match.index + match[0].lastIndexOf(match[2] ?? ''));
  for (const match of text.matchAll(
    /\b(\w+)[`'"]?(?:\s+table)?\s+has\s+(?:an?|the)\s+(?:column|field)\s+(?:(?:called|named)\s+)?[`'"]?(\w+)/gi,
  ))
    judge(match[1] ?? '', match[2] ?? '', match.index + match[0].lastIndexOf(match[2] ?? ''));
  for (const match of text.matchAll(
    /\b(?:column|field)\s+[`'"]?(\w+)[`'"]?\s+(?:of|in|on)\s+(?:the\s+)?[`'"]?(\w+)|[`'"](\w+)[`'"]\s+(?:column|field)\s+(?:of|in|on)\s+(?:the\s+)?[`'"]?(\w+)/gi,
  ))
    judge(match[2] ?? match[4] ?? '', match[1] ?? match[3] ?? '', match.index);
  for (const match of text.matchAll(/(?<![\w./])([a-z]\w*)\.([a-z]\w*)\b(?![\w(/]|\.\w)/g)) {
    if (
      /^(?:sql|ts|tsx|js|go|py|rs|rb|kt|ex|exs|php|cs|swift|java|json|md|ya?ml|toml|sh|txt|html|css|csv|xml|log|pdf|db)$/.test(
        match[2] ?? '',
      )
    )
      continue;
    if (!tables.has((match[1] ?? '').toLowerCase())) continue;
    // A subject, an event or a key may be spelled like a column.
    const literal = (await workspace.usages(match[0])).find(({ path }) => !path.endsWith('.sql'));
    if (literal) outcomes.push(supported(`${match[0]} is there.`, at(literal)));
    else judge(match[1] ?? '', match[2] ?? '', match.index + (match[1] ?? '').length + 1);
  }
  return outcomes;
}
