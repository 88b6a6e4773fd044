// What the manifests of a project say, as all readers give it.
import type { Evidence } from './facts.ts';

export interface Dependency extends Evidence {
  name: string;
  /** As written, e.g. `^3.1.0`; '' when the manifest names no version. */
  spec: string;
}

export interface Script extends Evidence {
  name: string;
  body: string;
  /** Who runs it. */
  runner: 'package' | 'make' | 'just' | 'task' | 'python' | 'composer' | 'deno' | 'cargo' | 'mix';
}

export interface RuntimeVersion extends Evidence {
  runtime: string;
  spec: string;
}

export interface Manager extends Evidence {
  name: string;
  /** Others of the same kind exclude it. */
  kind: 'js' | 'python';
}

export interface Project {
  dependencies: Dependency[];
  scripts: Script[];
  runtimes: RuntimeVersion[];
  managers: Manager[];
  /** The files read for this: where something that is missing would stand. */
  manifests: string[];
}
