// The entries of a state: a listing that many states share, and what stands otherwise. So that a state costs what it differs by.

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

  /** Paths at which the two may differ. */
  unlike(before: Entries): Iterable<string> {
    const shared = this.listing === before.listing ? [] : [...this.listing.keys(), ...before.listing.keys()];
    return new Set([...shared, ...this.other.keys(), ...before.other.keys()]);
  }
}
