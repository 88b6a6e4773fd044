// Claims about the tables of a database and their columns, against the statements that make them.
import { contradicted, type Evidence, type Outcome, supported } from './facts.ts';
import type { LineText } from './line-text.ts';
import type { Workspace } from './workspace.ts';

interface Table extends Evidence {
  columns: Map<string, Evidence>;
}

const NAME = '(?:["`\\[]?\\w+["`\\]]?\\.)?["`\\[]?(\\w+)["`\\]]?';
const NO_COLUMN = /^(?:primary|foreign|unique|constraint|check|index|key|exclude|like)$/i;

/** By name, in the order of the files: later statements add, rename and drop. */
async function tablesOf(workspace: Workspace): Promise<ReadonlyMap<string, Table>> {
  return workspace.once('tables', async () => {
    const tables = new Map<string, Table>();
    const files = (await workspace.files()).filter((file) => file.endsWith('.sql') && !/[._]down\.sql$/.test(file));
    for (const path of [...files].sort()) readSql((await workspace.text(path)) ?? '', path, tables);
    return tables;
  });
}

function readSql(source: string, path: string, tables: Map<string, Table>): void {
  const text = source.replace(/--[^\n]*/g, (comment) => ' '.repeat(comment.length));
  const place = (offset: number): Evidence => ({ path, line: text.slice(0, offset).split('\n').length });
  const create = new RegExp(
    `\\bcreate\\s+(?:temp\\w*\\s+|unlogged\\s+)?table\\s+(?:if\\s+not\\s+exists\\s+)?${NAME}\\s*\\(`,
    'gi',
  );
  for (const match of text.matchAll(create)) {
    const start = match.index + match[0].length;
    const columns = new Map<string, Evidence>();
    let depth = 1;
    let at = start;
    for (let i = start; i < text.length && depth > 0; i += 1) {
      const char = text[i];
      if (char === '(') depth += 1;
      else if (char === ')') depth -= 1;
      if ((char === ',' && depth === 1) || depth === 0) {
        const column = /^\s*["`[]?(\w+)/.exec(text.slice(at, i))?.[1];
        if (column !== undefined && !NO_COLUMN.test(column)) columns.set(column.toLowerCase(), place(at + 1));
        at = i + 1;
      }
    }
    tables.set((match[1] ?? '').toLowerCase(), { ...place(match.index), columns });
  }
  const alter = new RegExp(`\\balter\\s+table\\s+(?:if\\s+exists\\s+)?(?:only\\s+)?${NAME}\\s+([^;]*)`, 'gi');
  for (const match of text.matchAll(alter)) {
    const table = tables.get((match[1] ?? '').toLowerCase());
    const body = match[2] ?? '';
    for (const [, name = ''] of body.matchAll(/\badd\s+(?:column\s+)?(?:if\s+not\s+exists\s+)?["`]?(\w+)/gi))
      if (!NO_COLUMN.test(name)) table?.columns.set(name.toLowerCase(), place(match.index));
    for (const [, name = ''] of body.matchAll(/\bdrop\s+(?:column\s+)?(?:if\s+exists\s+)?["`]?(\w+)/gi))
      table?.columns.delete(name.toLowerCase());
    for (const [, from = '', to = ''] of body.matchAll(
      /\brename\s+(?:column\s+)?["`]?(\w+)["`]?\s+to\s+["`]?(\w+)/gi,
    )) {
      if (/^to$/i.test(from)) continue;
      table?.columns.delete(from.toLowerCase());
      table?.columns.set(to.toLowerCase(), place(match.index));
    }
    const renamed = /^rename\s+to\s+["`]?(\w+)/i.exec(body)?.[1];
    if (renamed !== undefined && table) {
      tables.delete((match[1] ?? '').toLowerCase());
      tables.set(renamed.toLowerCase(), table);
    }
  }
  for (const match of text.matchAll(new RegExp(`\\bdrop\\s+table\\s+(?:if\\s+exists\\s+)?${NAME}`, 'gi')))
    tables.delete((match[1] ?? '').toLowerCase());
}

const LIST = '((?:[`\'"]?[a-z]\\w*[`\'"]?(?:\\s*,\\s*(?:and\\s+)?|\\s+and\\s+)?)+)';

/** "tables: alerts, silences", "alerts has a severity column", "alerts.acked_by" */
export async function checkTables(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  if (line.idle) return [];
  const tables = await tablesOf(workspace);
  const [any] = tables.values();
  if (!any) return [];
  return [...listed(line, tables, any), ...named(line, tables, any), ...(await columns(line, tables, workspace))];
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
      : contradicted(`There is no table ${missing}.`, at(any)),
  ];
}

function named(line: LineText, tables: ReadonlyMap<string, Table>, any: Table): Outcome[] {
  const outcomes: Outcome[] = [];
  for (const match of line.plain.matchAll(
    /[`'"](\w+)[`'"]\s+table\b|\btable\s+(?:called\s+|named\s+)?[`'"](\w+)[`'"]|\bthe\s+([a-z]+_[a-z_]+)\s+table\b/gi,
  )) {
    const name = match[1] ?? match[2] ?? match[3] ?? '';
    const start = match.index + match[0].indexOf(name);
    const polarity = line.existence(start, start + name.length);
    const hit = tables.get(name.toLowerCase());
    if (polarity === 'contrast') continue;
    if (hit)
      outcomes.push(
        polarity === 'there'
          ? supported(`The table ${name} is there.`, at(hit))
          : contradicted(`The table ${name} is there.`, at(hit)),
      );
    else
      outcomes.push(
        polarity === 'there'
          ? contradicted(`There is no table ${name}.`, at(any))
          : supported(`There is no table ${name}, as the line says.`),
      );
  }
  return outcomes;
}

async function columns(line: LineText, tables: ReadonlyMap<string, Table>, workspace: Workspace): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const judge = (tableName: string, column: string, start: number): void => {
    const table = tables.get(tableName.toLowerCase());
    if (!table || /^(?:new|single|generated|computed|nullable|unique|primary|foreign|different)$/i.test(column)) return;
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
    /\b(?:column|field)\s+[`'"]?(\w+)[`'"]?\s+(?:of|in|on)\s+(?:the\s+)?[`'"]?(\w+)|[`'"](\w+)[`'"]\s+(?:column|field)\s+(?:of|in|on)\s+(?:the\s+)?[`'"]?(\w+)/gi,
  ))
    judge(match[2] ?? match[4] ?? '', match[1] ?? match[3] ?? '', match.index);
  for (const match of text.matchAll(/(?<![\w./])([a-z]\w*)\.([a-z]\w*)\b(?![\w(/]|\.\w)/g)) {
    if (/^(?:sql|ts|tsx|js|go|py|rs|json|md|ya?ml|toml|sh|txt|html|css)$/.test(match[2] ?? '')) continue;
    if (!tables.has((match[1] ?? '').toLowerCase())) continue;
    // A subject, an event or a key may be spelled like a column.
    const literal = (await workspace.usages(match[0])).find(({ path }) => !path.endsWith('.sql'));
    if (literal) outcomes.push(supported(`${match[0]} is there.`, at(literal)));
    else judge(match[1] ?? '', match[2] ?? '', match.index + (match[1] ?? '').length + 1);
  }
  return outcomes;
}
