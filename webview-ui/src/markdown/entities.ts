// Decodes HTML character references (`&amp;`, `&#39;`, `&rarr;`), which Markdown allows in text.

const REFERENCE = /&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[A-Za-z][A-Za-z\d]{1,31});/g;

let decoder: HTMLTextAreaElement | undefined;

/** What is no known reference stays as it is. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(REFERENCE, (reference) => {
    // The browser knows all 2,231 names. A textarea holds text only: nothing in it is ever an element,
    // and the pattern lets no `<` through.
    decoder ??= document.createElement('textarea');
    decoder.innerHTML = reference;
    return decoder.value;
  });
}
