// The tiers that run under plain Node; the e2e tier has its own set-up, which packages and installs the extension.
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { LongestFirst } from './test/e2e/harness/longest-first.ts';

/** Left alone, vitest leaves one core idle: half of a machine of two. */
const cores = availableParallelism();
/** Files of the e2e tier at a time; LETTA_E2E_WORKERS overrides it. */
const windows = Number(process.env.LETTA_E2E_WORKERS ?? Math.min(2, cores));

const inVsCode = (name: string, files: string): TestProjectInlineConfiguration => ({
  test: {
    name,
    include: [files],
    globalSetup: ['test/e2e/setup.ts'],
    pool: 'forks',
    // A window waits about as long as it works; a third one at a time would only make the others slow.
    maxWorkers: windows,
    // A window takes up to 7 s to open on 2 cores, and a case may open several.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // VS Code itself is late now and then; a case that passed only then is named at the end of the run.
    retry: 1,
  },
});

/** Share a document and React's state, or put modules of their own in the place of others. */
const ISOLATED = ['test/unit/**/*.test.tsx', 'test/unit/**/*.isolated.test.ts'];

/** What comes by itself may take its time on a busy machine. */
const patient = { poll: { timeout: 30_000 } };

const unit = (name: string, files: { include: string[]; exclude?: string[]; isolate: boolean }) => ({
  test: {
    name,
    ...files,
    alias: { vscode: fileURLToPath(new URL('test/support/vscode.ts', import.meta.url)) },
    pool: 'threads' as const,
    maxWorkers: cores,
    // Property tests take many seconds on a machine that does much else.
    testTimeout: 180_000,
    expect: patient,
  },
});

export default defineConfig({
  test: {
    // Anything faster is not worth a line.
    slowTestThreshold: 5_000,
    sequence: { sequencer: LongestFirst },
    projects: [
      // A worker loads the code once for all its files, where no file leaves anything behind that another could see.
      unit('unit', { include: ['test/unit/**/*.test.ts'], exclude: ISOLATED, isolate: false }),
      unit('unit-isolated', { include: ISOLATED, isolate: true }),
      {
        test: {
          name: 'contract',
          include: ['test/contract/**/*.test.ts'],
          pool: 'threads',
          // They wait more than they work: for leases, and for programs that start.
          maxWorkers: cores + 1,
          // Programs that start beside other tiers take their time.
          testTimeout: 90_000,
          expect: patient,
        },
      },
      inVsCode('e2e', 'test/e2e/cases/**/*.test.ts'),
      // What the e2e tier shows on the embedded home, once more on a Letta server: too long for every run.
      {
        test: {
          name: 'clients',
          include: ['test/clients/**/*.test.ts'],
          globalSetup: ['test/clients/setup.ts'],
          pool: 'threads',
          maxWorkers: cores,
          // Programs of others, which start slowly and wait long before they try again.
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      inVsCode('homes', 'test/e2e/homes/**/*.test.ts'),
    ],
  },
});
