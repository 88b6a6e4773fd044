// The order of the e2e files: two run at a time, and a long one that starts last would run alone.
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Those that take a minute and more, the longest first. */
const LONG = [
  'panel-and-commands',
  'self-hosted',
  'skills',
  'trust',
  'threads',
  'doing',
  'talking',
  'killed',
  'init',
  'approvals',
  'projects',
  'checkpoints',
  'memory-files',
  'reflect',
  'review',
  'security',
  'looking',
  'changes',
  'homes',
  'first-view',
  'faults',
];

const place = ({ moduleId }: TestSpecification): number => {
  const name = /\/e2e\/\w+\/([\w-]+)\.test\.ts$/.exec(moduleId)?.[1] ?? '';
  const index = LONG.indexOf(name);
  return index < 0 ? LONG.length : index;
};

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}
