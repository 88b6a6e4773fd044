// What a judgement about a tool call says.
import type { PermissionMode } from '../protocol/about-views.ts';

export interface Decision {
  decision: 'allow' | 'ask' | 'deny';
  /** One sentence for the person, and for the agent when it is refused. */
  reason: string;
  /** The narrowest rule that would allow this and nothing more; absent where no stored rule may. */
  rule?: string;
  /** All rules that are needed for it, where commands need several; `rule` is absent then. */
  rules?: readonly string[];
  /** Contents of scripts (`ScriptsPrint`) that whoever allows it approves with it. */
  approves?: readonly string[];
}

export interface Policy {
  mode: PermissionMode;
  /** Rules in Letta Code's syntax, e.g. `Bash(npm run test:*)`, `Edit(src/**)`. */
  allow: string[];
  ask: string[];
  deny: string[];
  /** Lines of `.lettaignore`: for every folder, or by the folder (as `workspace` names it) that they count in. */
  lettaignore: readonly string[] | ReadonlyMap<string, readonly string[]>;
  /** Workspace Trust. */
  trusted: boolean;
  /** Absolute paths of the workspace folders, with symlinks resolved. */
  workspace: string[];
  /** The folder that mirrors memory as files, absolute, with symlinks resolved: whatever is written there becomes memory. */
  memoryFolder?: string | undefined;
  /** Folders of skills, as `workspace` names folders, whose files may run as they are now though they are protected. */
  approved?: readonly string[];
}
