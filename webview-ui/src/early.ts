// The text box that the page brings with it, usable before any script: what was typed there goes on where the view is drawn.

/**
 * Draws, and hands over at once: between the last key in the old box and the first in the new one nothing can happen.
 * @param adopt takes what was typed; it is what the new box shows
 * @param draw draws the view in place of what stands in the page, before it returns
 */
export function drawOverEarly(adopt: (text: string) => void, draw: () => void): void {
  const early = document.querySelector<HTMLTextAreaElement>('#early');
  if (!early) {
    draw();
    return;
  }
  const { value, selectionStart, selectionEnd } = early;
  const focused = document.activeElement === early;
  adopt(value);
  draw();
  const box = document.querySelector<HTMLTextAreaElement>('.composer-text');
  if (!focused || !box) return;
  box.focus();
  // A draft of an earlier time stands before what was typed now.
  const shift = Math.max(0, box.value.length - value.length);
  box.setSelectionRange(selectionStart + shift, selectionEnd + shift);
}
