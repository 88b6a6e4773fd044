// A call that goes as far as a point of its way through the journal, and no further: as if the window had died there.
import type { AnyTool } from '../../../src/tools/tool.ts';
import { callRunner } from './call-runner.ts';

export type Point =
  | 'before the intent'
  | 'behind the intent'
  | 'in the middle'
  | 'before the result'
  | 'behind the result';

export interface Call {
  tool: AnyTool;
  input: object;
  /** What stands once half of it is done. */
  half?: () => void;
}

export const callOf = ({ tool: { name }, input }: Call) => ({
  callId: 'call-1',
  name,
  arguments: JSON.stringify(input),
});

/** Runs the call as far as the point: whatever awaits it there waits for ever. `storage`: as of `callRunner`. */
export async function dieAt(point: Point, storage: string, { tool, input, half }: Call): Promise<void> {
  const dead = Promise.withResolvers<void>();
  const die = (): Promise<never> => {
    dead.resolve();
    return new Promise(() => {});
  };
  const dying: AnyTool = {
    ...tool,
    run: async (...given) => {
      if (point === 'behind the intent') await die();
      if (point === 'in the middle') {
        half?.();
        await die();
      }
      const result = await tool.run(...given);
      return point === 'before the result' ? die() : result;
    },
  };
  // What comes last before the intent is written: of calls that change nothing the judgement, of others their checkpoint.
  const before = async <T>(value: T): Promise<T> => (point === 'before the intent' ? die() : value);
  const { calls } = await callRunner(storage, {
    tools: [dying],
    decide: () => (tool.plan ? ALLOWED : before(ALLOWED)),
    beforeChange: () => before(undefined),
  });
  const answered = calls.answer([callOf({ tool, input })], 'run').then(() => dead.resolve());
  await Promise.race([dead.promise, answered]);
}

const ALLOWED = { decision: 'allow', reason: '' } as const;
