// How long an Undo works: as long as its button is there, or it says where to look instead.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import * as vscode from 'vscode';
import { offerUndo, offerUndoWithin } from '../../../src/native/offer-undo.ts';

const HOUR = 3_600_000;
let told: string[] = [];
let answer: (button: 'Undo' | undefined) => void = () => {};

beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  vi.spyOn(vscode.window, 'showInformationMessage').mockImplementation((message: string) => {
    told.push(message);
    return new Promise((resolve) => {
      // Only the first one is answered.
      if (told.length === 1) answer = resolve as typeof answer;
    });
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('Undo in a notification', () => {
  it('works however late it is pressed', async () => {
    const wanted = offerUndo('Deleted the block notes.');
    await vi.advanceTimersByTimeAsync(HOUR);
    answer('Undo');
    expect(await wanted).toBe(true);
  });

  it('is no when the notification is closed', async () => {
    const wanted = offerUndo('Deleted.');
    answer(undefined);
    expect(await wanted).toBe(false);
  });

  it('works in time where there is one', async () => {
    const wanted = offerUndoWithin('Deleted the skill.', 10_000, () => 'In the trash.');
    await vi.advanceTimersByTimeAsync(9_000);
    answer('Undo');
    expect(await wanted).toBe(true);
    await vi.advanceTimersByTimeAsync(HOUR);
    expect(told).toEqual(['Deleted the skill.']);
  });

  it('says where to look when it is pressed after that', async () => {
    const wanted = offerUndoWithin('Deleted the skill.', 10_000, () => 'In the trash.');
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await wanted).toBe(false);
    expect(told).toEqual(['Deleted the skill.']);
    answer('Undo');
    await vi.advanceTimersByTimeAsync(0);
    expect(told).toEqual(['Deleted the skill.', 'In the trash.']);
  });
});
