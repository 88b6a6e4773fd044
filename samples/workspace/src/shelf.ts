// A shelf of books. Nothing here changes a shelf: every function returns a new one.
import { type Book, isSame } from './book.ts';

export type Shelf = readonly Book[];

export function put(shelf: Shelf, book: Book): Shelf {
  return shelf.some((other) => isSame(other, book)) ? shelf : [...shelf, book];
}

export function take(shelf: Shelf, book: Book): Shelf {
  return shelf.filter((other) => !isSame(other, book));
}

export function unread(shelf: Shelf): Shelf {
  return shelf.filter((book) => book.readOn === null);
}

export function countByAuthor(shelf: Shelf): Map<string, number> {
  const counts = new Map<string, number>();
  for (const book of shelf) counts.set(book.author, (counts.get(book.author) ?? 0) + 1);
  return counts;
}

export function newest(shelf: Shelf): Book {
  // A type error on purpose: there may be no book at all.
  return shelf.toSorted((a, b) => (a.readOn ?? '').localeCompare(b.readOn ?? '')).at(-1);
}
