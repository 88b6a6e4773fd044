// Where the tables of a database and their columns are made: statements of SQL, migrations of frameworks, mapped classes.
import type { Evidence } from './facts.ts';
import { CODE_FILE, lineAt } from './mask.ts';
import { isTestPath, type Workspace } from './workspace.ts';

export interface Table extends Evidence {
  /** Empty where only the table's name is known. */
  columns: Map<string, Evidence>;
}

export interface Tables {
  known: ReadonlyMap<string, Table>;
  /** Made once, and dropped since. */
  dropped: ReadonlyMap<string, Evidence>;
}

const NAME = '(?:["`\\[]?\\w+["`\\]]?\\.)?["`\\[]?(\\w+)["`\\]]?';
const NO_COLUMN = /^(?:primary|foreign|unique|constraint|check|index|key|exclude|like)$/i;

/** By name, in the order of the files: later statements add, rename and drop. */
export async function tablesOf(workspace: Workspace): Promise<Tables> {
  return workspace.once('tables', async () => {
    const tables = new Map<string, Table>();
    const dropped = new Map<string, Evidence>();
    const files = [...(await workspace.files())].filter((file) => !isTestPath(file)).sort();
    for (const path of files) {
      if (path.endsWith('.sql') && !/[._]down\.sql$/.test(path))
        readSql((await workspace.text(path)) ?? '', path, tables, dropped);
      else if (CODE_FILE.test(path) || path.endsWith('.prisma'))
        readCode((await workspace.text(path)) ?? '', path, tables, dropped);
    }
    return { known: tables, dropped };
  });
}

function drop(tables: Map<string, Table>, dropped: Map<string, Evidence>, name: string, place: Evidence): void {
  tables.delete(name.toLowerCase());
  dropped.set(name.toLowerCase(), place);
}

function readSql(source: string, path: string, tables: Map<string, Table>, dropped: Map<string, Evidence>): void {
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
    drop(tables, dropped, match[1] ?? '', place(match.index));
}

/** What a migration of a framework does; the way back is none of it. */
const BACKWARDS =
  /^[ \t]*(?:(?:public\s+|async\s+|export\s+)*(?:def|function|fun)\s+(?:down|downgrade)\b|exports\.down\b)/m;
const CREATE =
  /\b(?:create_table|createTable|Schema::create|op\.create_table|pgTable|mysqlTable|sqliteTable|create_if_not_exists\s+table|create\s+table|\.create\(table:)[\s(]+[:"'](\w+)/g;
/** The table that a class or a schema is mapped to. */
const MAPPED =
  /(?:\b(?:tableName|db_table|__tablename__|table_name)\s*=\s*["'](\w+)|@Table\(\s*(?:name\s*=\s*)?["'](\w+)|@Entity\(\s*["'](\w+)|^\s*schema\s+"(\w+)"\s+do|\$table\s*=\s*["'](\w+)|@@map\("(\w+)")/gm;
const COLUMN =
  /(?:\bt\.\w+\s+["':](\w+)|^\s*add(?:_if_not_exists)?\s+:(\w+)|\$table->\w+\(\s*['"](\w+)|\bsa\.Column\(\s*['"](\w+)|\b(?:table|t)\.\w+\(\s*['"](\w+))/gm;
const DROP =
  /\b(?:drop_table|dropTable(?:IfExists)?|Schema::drop(?:IfExists)?|op\.drop_table|drop\s+table|drop_if_exists\s+table)[\s(]+[:"'](\w+)/g;
const ADD_COLUMN = /\badd_column[\s(]+[:"'](\w+)["']?\s*,\s*(?:sa\.Column\()?[:"'](\w+)/g;
const DROP_COLUMN = /\b(?:remove_column|drop_column)[\s(]+[:"'](\w+)["']?\s*,\s*[:"'](\w+)/g;

function readCode(source: string, path: string, tables: Map<string, Table>, dropped: Map<string, Evidence>): void {
  if (!/table|schema|@Entity|@@map/i.test(source)) return;
  const text = source.slice(0, BACKWARDS.exec(source)?.index ?? source.length);
  const place = (offset: number): Evidence => ({ path, line: lineAt(text, offset) });
  const made = [...text.matchAll(CREATE)];
  for (const [index, match] of made.entries()) {
    const name = (match[1] ?? '').toLowerCase();
    const body = text.slice(match.index, made[index + 1]?.index ?? text.length);
    const columns = new Map<string, Evidence>();
    for (const column of body.matchAll(COLUMN))
      columns.set(
        (column.slice(1).find((each) => each !== undefined) ?? '').toLowerCase(),
        place(match.index + column.index),
      );
    const known = tables.get(name);
    for (const [column, where] of known?.columns ?? []) if (!columns.has(column)) columns.set(column, where);
    tables.set(name, { ...place(match.index), columns });
  }
  for (const match of text.matchAll(MAPPED)) {
    const name = (match.slice(1).find((each) => each !== undefined) ?? '').toLowerCase();
    if (!tables.has(name)) tables.set(name, { ...place(match.index), columns: new Map() });
  }
  for (const [, table = '', column = ''] of text.matchAll(ADD_COLUMN))
    tables.get(table.toLowerCase())?.columns.set(column.toLowerCase(), { path, line: 1 });
  for (const [, table = '', column = ''] of text.matchAll(DROP_COLUMN))
    tables.get(table.toLowerCase())?.columns.delete(column.toLowerCase());
  for (const match of text.matchAll(DROP)) drop(tables, dropped, match[1] ?? '', place(match.index));
}
