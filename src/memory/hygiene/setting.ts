// What a file sets, as all readers give it.

export interface Setting {
  /** From the outermost key in; an entry of a list has its index as its key. */
  key: string[];
  /** Text of a scalar, unquoted. */
  value: string;
  /** From 1. */
  line: number;
}

/** A setting and the file in which it stands. */
export interface Placed extends Setting {
  path: string;
}
