// A store of small values, as a window keeps it.
export class Kept {
  private readonly values = new Map<string, unknown>();

  get<T>(key: string, fallback: T): T {
    return this.values.has(key) ? (structuredClone(this.values.get(key)) as T) : fallback;
  }

  async update(key: string, value: unknown): Promise<void> {
    this.values.set(key, structuredClone(value));
  }
}
