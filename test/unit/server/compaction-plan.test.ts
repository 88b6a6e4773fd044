// Where a history is cut: never between a call and its return, and so that what is left fits.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { planCut, safeCuts } from '../../../src/server/engine/compaction-plan.ts';
import type { MessageBody } from '../../../src/server/store/messages.ts';

describe('where it is cut', () => {
  type Entry = { body: MessageBody; stepId: string | null };
  const tool = (callId: string): MessageBody => ({
    role: 'tool',
    callId,
    name: 't',
    status: 'success',
    content: '',
    stdout: null,
    stderr: null,
  });
  const call = (id: string) => ({ id, name: 't', arguments: '{}' });

  /** Histories as the engine writes them: steps with server calls, with client calls, with both; maybe one pending. */
  const histories = fc
    .tuple(
      fc.array(fc.record({ user: fc.boolean(), text: fc.boolean(), server: fc.nat(2), client: fc.nat(2) }), {
        maxLength: 12,
      }),
      fc.boolean(),
    )
    .map(([steps, isPending]) => {
      const list: Entry[] = [];
      steps.forEach((step, n) => {
        const stepId = `step-${n}`;
        if (step.user || n === 0)
          list.push({ body: { role: 'user', content: [{ type: 'text', text: 'hi' }] }, stepId: null });
        const server = Array.from({ length: step.server }, (_, i) => `s${n}.${i}`);
        const client = Array.from({ length: step.client }, (_, i) => `c${n}.${i}`);
        const blocks = [
          ...(step.text || server.length + client.length === 0 ? [{ type: 'text' as const, text: 'x' }] : []),
          ...server.map((id) => ({ type: 'tool_call' as const, call: call(id) })),
        ];
        if (blocks.length > 0) list.push({ body: { role: 'assistant', blocks }, stepId });
        if (client.length > 0) {
          list.push({ body: { role: 'request', calls: client.map(call) }, stepId });
          if (isPending && n === steps.length - 1) return;
          list.push({ body: { role: 'response', requestId: 'r', approvals: [] }, stepId });
        }
        for (const id of [...client, ...server]) list.push({ body: tool(id), stepId });
      });
      return list;
    });

  const callsIn = (list: readonly Entry[]) =>
    list.flatMap(({ body }) =>
      body.role === 'request'
        ? body.calls.map(({ id }) => id)
        : body.role === 'assistant'
          ? body.blocks.flatMap((block) => (block.type === 'tool_call' ? [block.call.id] : []))
          : [],
    );
  const returnsIn = (list: readonly Entry[]) => list.flatMap(({ body }) => (body.role === 'tool' ? [body.callId] : []));

  test('never between a call and its return, nor before what waits', () => {
    fc.assert(
      fc.property(histories, (list) => {
        for (const cut of safeCuts(list)) {
          const kept = list.slice(cut);
          const known = new Set(callsIn(kept));
          for (const id of returnsIn(kept)) expect(known.has(id)).toBe(true);
          if (list.at(-1)?.body.role === 'request') {
            expect(kept.at(-1)).toBe(list.at(-1));
            const open = callsIn(list).filter((id) => !returnsIn(list).includes(id));
            for (const id of open) expect(known.has(id)).toBe(true);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test('what is left fits where any cut makes it fit', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 1, max: 60 }), fc.boolean(), (list, limit, keepTurn) => {
        const sizes = list.map((_, index) => 1 + (index % 5));
        const rest = (cut: number) => sizes.slice(cut).reduce((a, b) => a + b, 0);
        const cut = planCut({
          messages: list,
          sizes,
          target: limit * 0.7,
          limit,
          share: 0.3,
          all: false,
          least: 1,
          keepTurn,
        });
        const cuts = safeCuts(list);
        if (cuts.length === 0) {
          expect(cut).toBe(0);
          return;
        }
        expect(cuts).toContain(cut);
        if (cuts.some((each) => rest(each) <= limit)) expect(rest(cut)).toBeLessThanOrEqual(limit);
      }),
      { numRuns: 500 },
    );
  });
});
