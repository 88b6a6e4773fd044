// Running one server-side tool call: whatever goes wrong becomes a result that the model can read.
import type { ContentPart, ToolCall } from '../store/messages.ts';
import { parseArguments } from './arguments.ts';
import { clamp } from './clamp.ts';
import { beginOwnTool, NOT_FINISHED, type OwnToolCall, type OwnTools } from './own-tools.ts';
import type { ToolReturn } from './render.ts';
import { VIOLATION } from './tool-rules.ts';
import { definitionOf, knownTool } from './tools/known-tools.ts';
import { type ToolContext, ToolFailure } from './tools/tool.ts';

const MIN_RETURN_CHARS = 5_000;
const QUOTED_CHARS = 300;

/** Of a model whose window nobody knows; enough for what coding clients return, which cap it at 32,000 characters. */
const ASSUMED_WINDOW = 50_000;

/** How long a result may be: a fifth of the window (in tokens; null: unknown), at four characters a token. */
export function returnLimit(contextWindow: number | null): number {
  return Math.max(MIN_RETURN_CHARS, Math.floor((contextWindow ?? ASSUMED_WINDOW) * 0.2 * 4));
}

/** Carries out one call; never throws for what the model did wrong. */
export interface CallRunner {
  /** Longest result. */
  readonly returnChars: number;
  /** @param approvedHash of the source that a person was shown before they approved the call */
  run(call: ToolCall, approvedHash?: string): ToolReturn;
}

export class ServerCallRunner implements CallRunner {
  readonly returnChars: number;
  private readonly context: ToolContext;
  private readonly clientToolNames: ReadonlySet<string>;
  private readonly ownTools: OwnTools;
  private readonly allowed: ReadonlySet<string> | undefined;
  /** Calls of the agent's own tools: what `run` gave stands for their results until they were run. */
  readonly jobs: OwnToolCall[] = [];

  /** @param allowed what the agent's rules let it call now; undefined: anything it has */
  constructor(
    context: ToolContext,
    returnChars: number,
    clientToolNames: ReadonlySet<string>,
    ownTools: OwnTools = 'refuse',
    allowed?: ReadonlySet<string>,
  ) {
    this.ownTools = ownTools;
    this.allowed = allowed;
    this.context = context;
    this.returnChars = returnChars;
    this.clientToolNames = clientToolNames;
  }

  /** Inside a transaction. A call that fails leaves no trace but its result. */
  run(call: ToolCall, approvedHash?: string): ToolReturn {
    const done = (status: ToolReturn['status'], content: string): ToolReturn => ({
      callId: call.id,
      name: call.name,
      status,
      content: clamp(content, this.returnChars),
      stdout: null,
      stderr: null,
    });
    const args = parseArguments(call.arguments);
    if (!args)
      return done(
        'error',
        `Error: the arguments of ${call.name} are not a valid JSON object: ${call.arguments.slice(0, QUOTED_CHARS)}\nNothing was done. Call it again with complete, valid JSON.`,
      );
    if (this.clientToolNames.has(call.name))
      return done('error', `Error: ${call.name} runs in the client, which sent an approval but no result.`);
    if (this.allowed && !this.allowed.has(call.name) && this.context.agent.tools.includes(call.name))
      return done(
        'error',
        `${VIOLATION} Cannot call ${call.name}, valid tools include: [${[...this.allowed].join(', ')}]`,
      );
    const known = this.context.agent.tools.includes(call.name) ? knownTool(this.context.store, call.name) : undefined;
    if (known?.kind === 'custom') {
      const begun = beginOwnTool(this.context, known.tool, { call, args, approvedHash, mode: this.ownTools });
      if ('job' in begun) this.jobs.push(begun);
      return done('error', 'job' in begun ? NOT_FINISHED : begun.refusal);
    }
    const run = known?.tool.run;
    if (!run)
      return done(
        'error',
        `Error: there is no tool named ${call.name}. Available tools: ${this.available().join(', ')}`,
      );
    try {
      return done(
        'success',
        this.context.store.part(() => run(args, this.context)),
      );
    } catch (error) {
      if (error instanceof ToolFailure) return done('error', `Error executing function ${call.name}: ${error.message}`);
      throw error;
    }
  }

  private available(): string[] {
    return [
      ...this.context.agent.tools.filter((name) => definitionOf(this.context.store, name)),
      ...this.clientToolNames,
    ];
  }
}

/** Results of one step together are at most this many times as long as one may be: else they alone would fill the window. */
const STEP_RESULTS = 2;

/** How long each of so many results of a step may be, where they would be too long together. */
export function shareOf(returnChars: number, results: readonly { content: string | ContentPart[] }[]): number {
  const total = results.reduce((sum, { content }) => sum + (typeof content === 'string' ? content.length : 0), 0);
  if (total <= returnChars * STEP_RESULTS) return returnChars;
  return Math.floor((returnChars * STEP_RESULTS) / results.length);
}

/** Runs nothing: for calls that were held back when the person stopped the turn. */
export const denyingRunner: CallRunner = {
  returnChars: MIN_RETURN_CHARS,
  run: (call) => ({
    callId: call.id,
    name: call.name,
    status: 'error',
    content: 'Error: request to call tool denied. User reason: the turn was stopped.',
    stdout: null,
    stderr: null,
  }),
};
