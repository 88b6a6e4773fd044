// Notes on single lines of blocks, kept by the line's text: anchors, expiry dates, whatever JSON holds.
import type { MemoryDatabase } from './database.ts';

export class LineNotes {
  private readonly db: MemoryDatabase;

  constructor(db: MemoryDatabase) {
    this.db = db;
  }

  /** Notes on a block's lines by the lines' hash (`LineView.hash`). */
  all(home: string, blockId: string): Record<string, unknown> {
    const rows = this.db.all<{ line: string; json: string }>(
      'SELECT line, json FROM line_notes WHERE home = ? AND block = ?',
      home,
      blockId,
    );
    return Object.fromEntries(rows.map(({ line, json }) => [line, JSON.parse(json)]));
  }

  get(home: string, blockId: string, line: string): unknown {
    const row = this.db.get<{ json: string }>(
      'SELECT json FROM line_notes WHERE home = ? AND block = ? AND line = ?',
      home,
      blockId,
      line,
    );
    return row ? JSON.parse(row.json) : null;
  }

  /** `note`: anything that JSON holds; null takes it away. */
  set(home: string, blockId: string, line: string, note: unknown): void {
    this.db.write(() => {
      if (note === null || note === undefined)
        this.db.run('DELETE FROM line_notes WHERE home = ? AND block = ? AND line = ?', home, blockId, line);
      else
        this.db.run(
          'INSERT OR REPLACE INTO line_notes (home, block, line, json) VALUES (?, ?, ?, ?)',
          home,
          blockId,
          line,
          JSON.stringify(note),
        );
    });
  }
}
