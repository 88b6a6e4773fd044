// @vitest-environment happy-dom
// What a screen reader gets to say: everything that changes in a live region of the page.
import { act } from '@testing-library/react';
import { expect, it } from 'vitest';
import type { PatchOp } from '../../../src/protocol/thread-views.ts';
import { APPROVAL, snapshotOf } from '../../../webview-ui/dev/fixtures.ts';
import { type Opened, openView } from './view.tsx';

const LIVE = '[aria-live=polite], [aria-live=assertive], [role=status], [role=alert], [role=log]:not([aria-live=off])';

/** Notes each change of a live region as a screen reader would say it. */
function listen(): { said: string[]; done(): void } {
  const said: string[] = [];
  const observer = new MutationObserver((records) => {
    const regions = new Set<Element>();
    for (const { target, addedNodes } of records) {
      const region = (target instanceof Element ? target : target.parentElement)?.closest(LIVE);
      if (region) regions.add(region);
      for (const node of addedNodes)
        if (node instanceof Element) for (const inner of node.querySelectorAll('[role=alert]')) regions.add(inner);
    }
    for (const region of regions) if (region.textContent) said.push(region.textContent);
  });
  observer.observe(document.body, { childList: true, subtree: true, characterData: true });
  return { said, done: () => observer.disconnect() };
}

const PARAGRAPHS = ['The loop gives up early.', 'It waits longer each time.', 'Nothing else has changed.'];

/** Streams an answer, a few letters a patch and several patches before the page draws. */
async function answer({ host, settle }: Opened, id: string, text: string, perFrame = 7): Promise<void> {
  const date = '2026-11-20T10:00:05Z';
  host.patch(
    { op: 'item', item: { kind: 'agent', id, parts: [], state: 'streaming', date } },
    { op: 'running', running: true },
  );
  await settle();
  const pieces = text.match(/[\s\S]{1,3}/g) ?? [];
  for (let at = 0; at < pieces.length; at += perFrame) {
    await act(async () => {
      for (const piece of pieces.slice(at, at + perFrame)) {
        const append: PatchOp = { op: 'append', itemId: id, partType: 'text', partId: 't', text: piece };
        host.patch(append);
      }
    });
    await settle();
  }
  host.patch({ op: 'state', itemId: id, state: 'done' }, { op: 'running', running: false });
  await settle();
}

it.each([1, 7, 40])('says each paragraph once while an answer streams, %i patches before a frame', async (perFrame) => {
  const view = await openView({ snapshot: snapshotOf([]) });
  const { said, done } = listen();
  await answer(view, 'a1', PARAGRAPHS.join('\n\n'), perFrame);
  done();
  // Nothing lost, nothing twice, no half sentence.
  expect(said.join(' ').replaceAll(/\s+/g, ' ')).toBe(PARAGRAPHS.join(' '));
  expect(said.length).toBeLessThanOrEqual(PARAGRAPHS.length);
});

it('says an answer again that is word for word the one before', async () => {
  const view = await openView({ snapshot: snapshotOf([]) });
  const { said, done } = listen();
  await answer(view, 'a1', 'Done.');
  await answer(view, 'a2', 'Done.');
  done();
  expect(said).toEqual(['Done.', 'Done.']);
});

it('loses nothing of what comes before a frame', async () => {
  const view = await openView({ snapshot: snapshotOf([]) });
  const { said, done } = listen();
  await act(async () => {
    view.app.announce('Attached: a.ts.');
    view.app.announce('Attached: b.ts.');
    view.host.patch({ op: 'approvals', approvals: [APPROVAL] });
    await new Promise((resolve) => setTimeout(resolve, 0));
  });
  await view.settle();
  done();
  expect(said.join(' ')).toBe(`Attached: a.ts. Attached: b.ts. Approval needed: ${APPROVAL.title}.`);
});
