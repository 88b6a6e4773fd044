// Calls of the agent's own Python tools, which run on its server: a person is shown the very source before it runs.
import * as z from 'zod/mini';
import { type OwnTool, sourceHash } from '../letta/own-tools.ts';
import { t } from '../protocol/l10n.ts';
import { ApprovedScripts, type PrintStore } from '../skills/approved-scripts.ts';
import type { AnyTool } from '../tools/tool.ts';

/**
 * The tool as policies judge it, and as it is shown: all arguments first, as JSON, which no text of theirs can look like the end
 * of; then the source.
 */
export function ownToolView({ name, description, source }: Omit<OwnTool, 'sandbox'>): AnyTool {
  return {
    name,
    description,
    input: z.unknown(),
    source: ['tool'],
    title: () => ({ title: t('Python tool'), target: name }),
    access: () => ({ kind: 'foreign', name }),
    detail: (input) => `${t('Arguments:')}\n${JSON.stringify(input, null, 2)}\n\n${t('Source:')}\n${source}`,
    run: async () => ({ status: 'error', text: 'It runs on the server only.' }),
  };
}

/** On the button that approves the source for good. */
export const FOR_THIS_SOURCE = t('Allow for this source');

/** Why it is asked, and what the tool could reach. */
export function ownToolQuestion({ sandbox }: OwnTool): string {
  const where = {
    yes: t(
      'It runs in a sandbox that hides your home folder and lets it write in a folder of its own only; the network stays open.',
    ),
    no: t('There is no sandbox for it on this computer: it can do whatever you can.'),
    unknown: t('It runs on the computer of its server.'),
  }[sandbox];
  return t(
    'This tool is the agent’s own Python. {0} Allowing it runs exactly the source shown here; allow for this source does so at every call, until the source changes.',
    where,
  );
}

const KEY = 'letta.approvedToolSources';

/** Sources of an agent's tools that run without another question. */
export class ApprovedSources {
  private readonly agentId: string;
  private readonly prints: ApprovedScripts;

  constructor(store: PrintStore, agentId: string) {
    this.agentId = agentId;
    this.prints = new ApprovedScripts(store, KEY);
  }

  has(tool: OwnTool): boolean {
    return this.prints.has(this.printOf(tool));
  }

  add(tool: OwnTool): Promise<void> {
    return this.prints.add([this.printOf(tool)]);
  }

  private printOf({ name, source }: OwnTool): string {
    return sourceHash(JSON.stringify([this.agentId, name, source]));
  }
}
