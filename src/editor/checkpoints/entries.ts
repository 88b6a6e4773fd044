// The entries of a state: a listing that many states share, and what stands otherwise. So that a state costs what it differs by.

/** With more changes than that, to one that is the same, a listing is not worth sharing. */
const SHARED = 0.1;

export class Entries {
  readonly listing: ReadonlyMap<string, string>;
  /** Null: is not there. Only what the listing does not say. */
  private readonly other = new Map<string, string | null>();

  /** `listing` is never changed, by nobody. */
  constructor(listing: ReadonlyMap<string, string> = new Map()) {
    this.listing = listing;
  }

  get(path: string): string | undefined {
    const other = this.other.get(path);
    return other === undefined ? this.listing.get(path) : (other ?? undefined);
  }

  has(path: string): boolean {
    return this.get(path) !== undefined;
  }

  set(path: string, entry: string): void {
    if (this.listing.get(path) === entry) this.other.delete(path);
    else this.other.set(path, entry);
  }

  delete(path: string): void {
    if (this.listing.has(path)) this.other.set(path, null);
    else this.other.delete(path);
  }

  copy(): Entries {
    const copy = new Entries(this.listing);
    for (const [path, entry] of this.other) copy.other.set(path, entry);
    return copy;
  }

  *[Symbol.iterator](): Iterator<[string, string]> {
    for (const [path, entry] of this.listing) if (!this.other.has(path)) yield [path, entry];
    for (const [path, entry] of this.other) if (entry !== null) yield [path, entry];
  }

  /** The same, told by what stands otherwise than in a listing; a listing of its own where that is much. */
  against(listing: ReadonlyMap<string, string>): Entries {
    const told = new Entries(listing);
    let same = 0;
    let changed = 0;
    for (const [path, entry] of this) {
      const before = listing.get(path);
      if (before === entry) same++;
      else told.other.set(path, entry);
      if (before !== undefined && before !== entry) changed++;
    }
    if (told.other.size > same * SHARED) return new Entries(new Map(this));
    if (same + changed < listing.size)
      for (const path of listing.keys()) if (!this.has(path)) told.other.set(path, null);
    return told;
  }

  /** Paths at which the two may differ. */
  unlike(before: Entries): Iterable<string> {
    const shared = this.listing === before.listing ? [] : [...this.listing.keys(), ...before.listing.keys()];
    return new Set([...shared, ...this.other.keys(), ...before.other.keys()]);
  }
}
