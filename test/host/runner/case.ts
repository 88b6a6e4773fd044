// What a file of test/host/suite exports: `export const cases: HostCase[]`.
export interface HostCase {
  /** A sentence about behaviour; unique in its file. */
  name: string;
  /** Milliseconds it may take, where that is more than others need. */
  timeout?: number;
  /** Runs inside a real extension host with the extension installed. Throws when it fails; what is said is printed. */
  run(say: (line: string) => void): Promise<void> | void;
}

export interface HostSuite {
  file: string;
  cases: HostCase[];
}

export interface HostResult {
  file: string;
  name: string;
  ok: boolean;
  /** Milliseconds. */
  took: number;
  error?: string;
  /** What was wrong at the first try, where it passed at the second. */
  atFirst?: string;
  /** What it said, e.g. what it measured. */
  note?: string;
}
