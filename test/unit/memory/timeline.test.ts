// The timeline tells who wrote what, also where several threads, the person and others write at once, and can be made anew.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CallNote } from '../../../src/memory/store/types.ts';
import { BLOCK, HOME, World } from './timeline-world.ts';

type Step =
  | { do: 'insert'; thread: number; at: number; told: 'now' | 'late' | 'never'; returns: boolean }
  | { do: 'replace'; thread: number; line: number; told: 'now' | 'late' | 'never'; returns: boolean }
  | { do: 'rethink'; thread: number; told: 'now' | 'late' | 'never'; returns: boolean }
  | { do: 'write'; line: number }
  /** The host dies after it has announced a write; `reached`: the server has it. */
  | { do: 'crash'; line: number; reached: boolean; called: boolean }
  /** A thread writes between the person's reading and writing. */
  | { do: 'overtake'; thread: number }
  | { do: 'elsewhere'; line: number }
  | { do: 'observe' };

const told = fc.constantFrom('now', 'late', 'never') as fc.Arbitrary<'now' | 'late' | 'never'>;
const thread = fc.nat({ max: 2 });
const line = fc.nat({ max: 6 });
const returns = fc.boolean();
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('insert' as const),
      thread,
      at: fc.integer({ min: -1, max: 4 }),
      told,
      returns,
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('replace' as const), thread, line, told, returns }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rethink' as const), thread, told, returns }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('write' as const), line }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('crash' as const), line, reached: fc.boolean(), called: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('overtake' as const), thread }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('elsewhere' as const), line }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('observe' as const) }) },
);

function run(world: World, steps: readonly Step[]): void {
  const late: CallNote[] = [];
  const tell = (note: CallNote | undefined, when: 'now' | 'late' | 'never'): void => {
    if (!note) return;
    if (when === 'now') world.store.noteCalls(HOME, [note]);
    if (when === 'late') late.push(note);
  };
  const changed = (at: number): string => {
    const lines = world.value.split('\n');
    lines[at % lines.length] = world.fresh();
    return lines.join('\n');
  };
  world.observe();
  for (const step of steps) {
    switch (step.do) {
      case 'insert': {
        const insert_line = Math.min(step.at, world.value.split('\n').length);
        tell(
          world.call(
            `thread-${step.thread}`,
            'memory_insert',
            { new_string: world.fresh(), insert_line },
            step.returns,
          ),
          step.told,
        );
        break;
      }
      case 'replace': {
        const lines = world.value.split('\n');
        const old_string = lines[step.line % lines.length] ?? '';
        tell(
          world.call(
            `thread-${step.thread}`,
            'memory_replace',
            { old_string, new_string: world.fresh() },
            step.returns,
          ),
          step.told,
        );
        break;
      }
      case 'rethink':
        tell(
          world.call(
            `thread-${step.thread}`,
            'memory_rethink',
            { new_memory: `${world.fresh()}\n${world.fresh()}` },
            step.returns,
          ),
          step.told,
        );
        break;
      case 'write': {
        const after = changed(step.line);
        const id = world.announce(world.value, after);
        world.patch(id, after);
        world.ended(id);
        break;
      }
      case 'crash': {
        const after = changed(step.line);
        const id = world.announce(world.value, after);
        if (step.reached) world.patch(id, after);
        if (step.called) tell(world.call('thread-0', 'memory_insert', { new_string: world.fresh() }), 'late');
        // The next start looks.
        world.observe();
        break;
      }
      case 'overtake': {
        const read = world.value;
        const after = changed(0);
        const id = world.announce(read, after);
        const note = world.call(`thread-${step.thread}`, 'memory_insert', {
          new_string: world.fresh(),
          insert_line: -1,
        });
        world.patch(id, after);
        world.ended(id);
        tell(note, 'now');
        break;
      }
      case 'elsewhere':
        world.elsewhere(changed(step.line));
        // What nobody saw, nobody can tell.
        world.observe();
        break;
      case 'observe':
        world.observe();
        break;
    }
    if (step.do === 'observe') world.store.noteCalls(HOME, late.splice(0));
  }
  world.observe();
  // What was not told is in the history of its thread.
  world.store.noteCalls(
    HOME,
    world.calls.map((call, sub) => ({ ...call, sub, fromHistory: true })),
  );
  world.observe();
}

describe('the timeline', () => {
  it('is the truth, live and made anew, whatever happened in which order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        using world = new World();
        run(world, steps);
        const live = world.revisions();
        const truth = world.truth.map(({ author, value }) => ({ author, value }));
        expect(live.slice(1).map(({ author, value }) => ({ author, value }))).toEqual(truth);
        expect(live.slice(1).map((r) => r.callId ?? '')).toEqual(
          world.truth.map((t) => (t.author === 'agent' ? t.id : '')),
        );
        const again = world.rebuilt();
        const rebuilt = world.revisions(again);
        expect(
          rebuilt.map(({ id, author, value, callId, threadId, messageId, cause }) => ({
            id,
            author,
            value,
            callId,
            threadId,
            messageId,
            cause,
          })),
        ).toEqual(
          live.map(({ id, author, value, callId, threadId, messageId, cause }) => ({
            id,
            author,
            value,
            callId,
            threadId,
            messageId,
            cause,
          })),
        );
        expect(again.lines(HOME, BLOCK)).toEqual(world.store.lines(HOME, BLOCK));
        again.close();
        for (const value of world.observed) expect(live.map((r) => r.value)).toContain(value);
      }),
      { numRuns: 25 },
    );
  });
});
