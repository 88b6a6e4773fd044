// For which agent of a workspace nothing was said yet, per home: it can still be exchanged. A file, because VS Code writes its own
// state when it likes, and two windows on one workspace must agree.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { writeAtomic } from './files.ts';

const ChoiceSchema = z.object({ agentId: z.string(), kind: z.enum(['new', 'existing']) });
export type Choice = z.infer<typeof ChoiceSchema>;
const ChoicesSchema = z.record(z.string(), ChoiceSchema);

export class OpenChoice {
  private readonly path: string;
  private readonly homeKey: string;
  /** One after the other: what is asked next sees what was set before. */
  private tail: Promise<unknown> = Promise.resolve();

  /** @param storageFolder of the workspace */
  constructor(storageFolder: string, homeKey: string) {
    this.path = join(storageFolder, 'agent-choice.json');
    this.homeKey = homeKey;
  }

  get(): Promise<Choice | undefined> {
    return this.next(async () => (await this.read())[this.homeKey]);
  }

  /** Undefined: it is settled. @throws Error when it cannot be written */
  set(choice: Choice | undefined): Promise<void> {
    return this.next(async () => {
      const { [this.homeKey]: before, ...others } = await this.read();
      if (!choice && !before) return;
      await writeAtomic(this.path, JSON.stringify({ ...others, ...(choice ? { [this.homeKey]: choice } : {}) }));
    });
  }

  private next<T>(work: () => Promise<T>): Promise<T> {
    const working = this.tail.then(work);
    this.tail = working.catch(() => {});
    return working;
  }

  private async read(): Promise<Record<string, Choice>> {
    try {
      const parsed = ChoicesSchema.safeParse(JSON.parse(await readFile(this.path, 'utf8')));
      return parsed.success ? parsed.data : {};
    } catch {
      return {};
    }
  }
}
