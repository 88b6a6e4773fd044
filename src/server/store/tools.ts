// Tools that clients have made: Python functions that agents may call by their names.
import { createHash } from 'node:crypto';
import type { SQLInputValue } from 'node:sqlite';
import type { Database } from './database.ts';
import { fromJson, type JsonObject, toJson } from './json.ts';

export interface CustomToolFields {
  /** Also in `jsonSchema`. */
  name: string;
  description: string | null;
  sourceCode: string;
  /** Only `python` is run. */
  sourceType: string;
  /** `{name, description, parameters}`, as models are shown it. */
  jsonSchema: JsonObject;
  argsJsonSchema: JsonObject | null;
  tags: string[];
  /** Characters of a result. */
  returnLimit: number;
  requiresApproval: boolean;
  /** Kept and given back: requirements, `metadata_`. */
  rest: JsonObject;
}

export interface CustomTool extends CustomToolFields {
  id: string;
  createdAt: number;
  updatedAt: number;
}

interface Row {
  id: string;
  name: string;
  fields: string;
  created_at: number;
  updated_at: number;
}

/** What was approved must be what runs: any change of the source is another one. */
export function sourceHash(sourceCode: string): string {
  return createHash('sha256').update(sourceCode).digest('hex');
}

export class Tools {
  private readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  create(id: string, { name, ...fields }: CustomToolFields): void {
    const now = Date.now();
    this.db.run(
      'INSERT INTO tools (id, name, fields, created_at, updated_at) VALUES (?, ?, ?, ?, ?)',
      id,
      name,
      toJson(fields),
      now,
      now,
    );
  }

  /** Agents that have it keep it, under its new name too. */
  update(tool: Pick<CustomTool, 'id' | 'name'>, { name, ...fields }: CustomToolFields): void {
    this.db.run(
      'UPDATE tools SET name = ?, fields = ?, updated_at = ? WHERE id = ?',
      name,
      toJson(fields),
      Date.now(),
      tool.id,
    );
    if (name !== tool.name)
      this.changeNames(tool.name, (names) => names.map((each) => (each === tool.name ? name : each)));
  }

  /** Agents that have it lose it. */
  delete(tool: Pick<CustomTool, 'id' | 'name'>): void {
    this.db.run('DELETE FROM tools WHERE id = ?', tool.id);
    this.changeNames(tool.name, (names) => names.filter((each) => each !== tool.name));
  }

  get(id: string): CustomTool | undefined {
    return this.first('id = ?', id);
  }

  named(name: string): CustomTool | undefined {
    return this.first('name = ?', name);
  }

  /** All of them, oldest first. */
  list(): CustomTool[] {
    return this.db.all<Row>('SELECT * FROM tools ORDER BY n').map(toTool);
  }

  private first(where: string, value: SQLInputValue): CustomTool | undefined {
    const row = this.db.get<Row>(`SELECT * FROM tools WHERE ${where}`, value);
    return row && toTool(row);
  }

  private changeNames(name: string, change: (names: string[]) => string[]): void {
    const holders = this.db.all<{ id: string; tools: string }>(
      'SELECT id, tools FROM agents WHERE EXISTS (SELECT 1 FROM json_each(agents.tools) WHERE value = ?)',
      name,
    );
    for (const { id, tools } of holders)
      this.db.run('UPDATE agents SET tools = ? WHERE id = ?', JSON.stringify(change(fromJson(tools))), id);
  }
}

function toTool(row: Row): CustomTool {
  return {
    ...fromJson<Omit<CustomToolFields, 'name'>>(row.fields),
    id: row.id,
    name: row.name,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}
