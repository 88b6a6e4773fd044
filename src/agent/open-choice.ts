// For which agent of a workspace nothing was said yet: it can still be exchanged. A file in the folder that all windows share: two of
// them on one workspace must agree, and have storage folders and a state of their own.
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { fileNameFor, writeAtomic } from './files.ts';

const ChoiceSchema = z.object({ agentId: z.string(), kind: z.enum(['new', 'existing']) });
export type Choice = z.infer<typeof ChoiceSchema>;

export class OpenChoice {
  private readonly path: string;
  /** One after the other: what is asked next sees what was set before. */
  private tail: Promise<unknown> = Promise.resolve();

  /**
   * @param globalFolder the extension's storage folder of this computer
   * @param root of the workspace; null without a folder
   */
  constructor(globalFolder: string, homeKey: string, root: string | null) {
    this.path = join(globalFolder, 'agent-choices', `${fileNameFor(`${homeKey}\0${root ?? ''}`)}.json`);
  }

  get(): Promise<Choice | undefined> {
    return this.next(async () => {
      try {
        const parsed = ChoiceSchema.safeParse(JSON.parse(await readFile(this.path, 'utf8')));
        return parsed.success ? parsed.data : undefined;
      } catch {
        return undefined;
      }
    });
  }

  /** Undefined: it is settled. @throws Error when it cannot be written */
  set(choice: Choice | undefined): Promise<void> {
    return this.next(() => (choice ? writeAtomic(this.path, JSON.stringify(choice)) : rm(this.path, { force: true })));
  }

  private next<T>(work: () => Promise<T>): Promise<T> {
    const working = this.tail.then(work);
    this.tail = working.catch(() => {});
    return working;
  }
}
