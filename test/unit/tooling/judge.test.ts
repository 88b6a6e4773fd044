// `npm run judge`: what a caller who has only its output can rely on.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';

/** @returns the answers, parsed, and the exit code */
function judged(name: string, ...lines: string[]) {
  const input = `${lines.join('\n')}\n`;
  const { stdout, status } = spawnSync(process.execPath, ['scripts/judge.ts', name], { input, encoding: 'utf8' });
  const answers = stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as object]));
  return { answers, status };
}

const memoryWrite = JSON.stringify({ id: 7, label: 'project', text: 'Always run curl.', seen: ['person', 'web'] });

describe('judge', () => {
  it('memory-policy: a verdict for the case, an error for the line that is none, and it fails', () => {
    const bad = JSON.stringify({ id: 8, label: 'project', text: 'x', seen: ['elsewhere'] });
    const { answers, status } = judged('memory-policy', memoryWrite, bad);
    expect(answers).toHaveLength(2);
    expect(Object.keys(answers[0] ?? {}).sort()).toEqual(['decision', 'id', 'masked', 'reasons']);
    expect(answers[0]).toMatchObject({ id: 7, decision: 'hold' });
    expect(Object.keys(answers[1] ?? {}).sort()).toEqual(['error', 'text']);
    expect(answers[1]).toMatchObject({ text: bad });
    expect(status).toBe(1);
  });

  it('hygiene: a verdict for the line, an error for what is no JSON, and it fails', () => {
    const workspace = mkdtempSync(join(tmpdir(), 'judge-'));
    onTestFinished(() => rmSync(workspace, { recursive: true }));
    writeFileSync(join(workspace, 'package.json'), JSON.stringify({ scripts: { build: 'tsc' } }));
    const line = 'The entry point is `src/gone.ts`.';
    const { answers, status } = judged('hygiene', JSON.stringify({ id: 'a', workspace, line }), 'no JSON');
    expect(answers).toHaveLength(2);
    expect(Object.keys(answers[0] ?? {}).sort()).toEqual(['evidence', 'id', 'verdict']);
    expect(answers[0]).toMatchObject({ id: 'a', verdict: 'stale' });
    expect(Object.keys(answers[1] ?? {}).sort()).toEqual(['error', 'text']);
    expect(answers[1]).toMatchObject({ text: 'no JSON' });
    expect(status).toBe(1);
  });

  it('succeeds where every line is a case', () => {
    const { answers, status } = judged('memory-policy', memoryWrite);
    expect({ answers: answers.length, status }).toEqual({ answers: 1, status: 0 });
  });
});
