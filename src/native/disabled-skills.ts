// Which skills are switched off, by their ids: for each agent, in all windows.
import type * as vscode from 'vscode';

/** Of all agents, before each had its own. */
const KEY = 'letta.skills.disabled';

export class DisabledSkills {
  private readonly state: vscode.Memento;
  private readonly key: string;

  constructor(state: vscode.Memento, agentId: string) {
    this.state = state;
    this.key = `${KEY}.${agentId}`;
  }

  ids(): Set<string> {
    return new Set(this.state.get<string[]>(this.key) ?? this.state.get<string[]>(KEY, []));
  }

  async set(id: string, disabled: boolean): Promise<void> {
    const ids = this.ids();
    if (disabled) ids.add(id);
    else ids.delete(id);
    await this.state.update(this.key, [...ids]);
  }

  /** Whoever had a skill switched off has it so under its new id. @param to absent: it is gone, and a new one of that id is on */
  async carry(from: string, to?: string): Promise<void> {
    for (const key of this.state.keys().filter((each) => each === KEY || each.startsWith(`${KEY}.`))) {
      const before = this.state.get<string[]>(key, []);
      const kept = before.filter((id) => id !== from && id !== to);
      const after = to !== undefined && before.includes(from) ? [...kept, to] : kept;
      if (after.join('\0') !== before.join('\0')) await this.state.update(key, after);
    }
  }
}
