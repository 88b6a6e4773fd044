// One look at the workspace in a thread of its own: files are read and searched there. It answers once and ends.
import { parentPort, workerData } from 'node:worker_threads';
import { folderFacts } from './folder-facts.ts';
import { answers, type Question, type Questions } from './look.ts';

if (parentPort === null) throw new Error('worker.ts runs in a worker thread; elsewhere call `answers` itself.');
const { roots, ignored, question, about } = workerData as {
  roots: string[];
  ignored: ReadonlyMap<string, readonly string[]>;
  question: Question;
  about: Questions[Question]['about'];
};
// The caller's types have matched the question and what it is about.
const answer = answers[question] as (
  about: unknown,
  facts: Awaited<ReturnType<typeof folderFacts>>,
) => Promise<unknown>;
parentPort.postMessage(await answer(about, await folderFacts(roots, ignored)));
