// Before all e2e cases: package the extension once, install it once.
import type { TestProject } from 'vitest/node';
import { type Kit, prepareKit } from './harness/kit.ts';

declare module 'vitest' {
  interface ProvidedContext {
    kit: Kit;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { kit, dispose } = await prepareKit();
  project.provide('kit', kit);
  return dispose;
}
