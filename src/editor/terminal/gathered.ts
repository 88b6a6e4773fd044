// Text on its way into a file, as bytes in a buffer that is used again and again: a flood of output must not cost memory.

/** Bytes of an empty buffer. */
const ROOM = 512 * 1024;
/** A character takes at most this many bytes of UTF-8, counted in UTF-16 units. */
const WIDEST = 3;

export class Gathered {
  private buffer: Buffer = Buffer.alloc(0);
  private spare: Buffer | undefined;
  /** Bytes that wait. */
  size = 0;
  /** Half of a character whose other half has not come. */
  private half = '';

  add(text: string): void {
    const all = this.half === '' ? text : this.half + text;
    const split = isHighSurrogate(all.charCodeAt(all.length - 1));
    this.half = split ? all.slice(-1) : '';
    const whole = split ? all.slice(0, -1) : all;
    const needed = this.size + whole.length * WIDEST;
    if (needed > this.buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(ROOM, 2 * needed));
      this.buffer.copy(larger, 0, 0, this.size);
      this.buffer = larger;
    }
    this.size += this.buffer.write(whole, this.size);
  }

  /** Takes out what waits; what comes goes on in another buffer. Give it back when it is written. */
  take(): Buffer {
    const taken = this.buffer.subarray(0, this.size);
    this.buffer = this.spare ?? Buffer.allocUnsafeSlow(ROOM);
    this.spare = undefined;
    this.size = 0;
    return taken;
  }

  giveBack(taken: Buffer): void {
    if (taken.buffer.byteLength === ROOM) this.spare = Buffer.from(taken.buffer);
  }
}

const isHighSurrogate = (code: number): boolean => code >= 0xd800 && code < 0xdc00;
