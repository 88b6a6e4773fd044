// In which workspaces of this computer an agent works: what its memory says may be about any of them.
import { stat } from 'node:fs/promises';
import * as z from 'zod/mini';
import { StateFile } from '../agent/state-file.ts';

type State = readonly string[];

/** One file an agent. */
export class AgentWorkspaces {
  private readonly file: StateFile<State>;

  constructor(path: string) {
    const parse = (text: string) => z.array(z.string()).safeParse(JSON.parse(text)).data;
    this.file = new StateFile<State>(path, parse, () => []);
  }

  /** Notes that the agent works in these folders. @returns other folders that it works in, as far as they are still there */
  async others(roots: readonly string[]): Promise<string[]> {
    await this.file.change((state) => {
      const fresh = roots.filter((root) => !state.includes(root));
      return fresh.length > 0 ? [...state, ...fresh] : null;
    });
    const others = (await this.file.read()).filter((root) => !roots.includes(root));
    const there = await Promise.all(
      others.map((root) =>
        stat(root).then(
          (info) => info.isDirectory(),
          () => false,
        ),
      ),
    );
    return others.filter((_, index) => there[index]);
  }
}
