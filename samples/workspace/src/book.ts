// A book, and how two books are the same.
export interface Book {
  title: string;
  author: string;
  /** YYYY-MM-DD; null while it is not read. */
  readOn: string | null;
}

export function isSame(a: Book, b: Book): boolean {
  return a.title === b.title && a.author === b.author;
}
