// The order of the e2e files: two run at a time, and a long one that starts last would run alone.
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Those that take a minute and more, the longest first. */
const LONG = [
  'panel-and-commands',
  'self-hosted',
  'threads',
  'killed',
  'init',
  'approvals',
  'teaching',
  'projects',
  'memory-files',
  'doctor',
  'hands',
  'learn-skill',
  'skills',
  'changes',
  'receipts',
  'review',
  'reflect',
  'chat',
  'security',
  'remember',
  'inspector',
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
