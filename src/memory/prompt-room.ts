// How much of every prompt the memory blocks take, and whether a write still finds room there. The same on all homes: it is
// asked before a write is made, by the agent or by the person.
import { estimateTokenCount } from 'tokenx';
import { LettaError } from '../letta/errors.ts';
import { applyMemoryCall } from '../letta/memory-tools.ts';
import { t } from '../protocol/l10n.ts';
import type { BlockView } from '../protocol/memory-views.ts';

type Sized = Pick<BlockView, 'label' | 'value'> & { description?: string };

/** Tags, sizes and line breaks that the server puts around each block. */
const FRAME_TOKENS = 40;
/** Texts whose size is kept: counting 40,000 characters takes longer than all else before a message leaves. */
const KEPT_SIZES = 200;
const SETTING = 'letta.memory.maxPromptTokens';

const sizes = new Map<string, number>();

function tokensOf(text: string): number {
  const known = sizes.get(text);
  if (known !== undefined) return known;
  const counted = estimateTokenCount(text);
  if (sizes.size >= KEPT_SIZES) sizes.clear();
  sizes.set(text, counted);
  return counted;
}

/** What a block takes of the prompt: estimated tokens of its label, description and value, and of what stands around them. */
export const blockTokens = ({ label, description, value }: Sized): number =>
  FRAME_TOKENS + tokensOf(label) + tokensOf(description ?? '') + tokensOf(value);

const all = (blocks: readonly Sized[]): number => blocks.reduce((sum, block) => sum + blockTokens(block), 0);
const inWords = (tokens: number): string => `${tokens.toLocaleString('en')} tokens`;

/**
 * What blocks together may take of the prompt. A write that makes them larger than that is refused, one that makes them
 * smaller never is: where they are too large already (written elsewhere, or the setting was lowered) they can only shrink.
 */
export class PromptRoom {
  /** Tokens. */
  readonly most: number;

  constructor(most: number) {
    this.most = most;
  }

  isOver(blocks: readonly Sized[]): boolean {
    return all(blocks) > this.most;
  }

  /** Tokens before and after where a write asks for more than there is; undefined where it may be made. */
  private beyond(now: readonly Sized[], next: readonly Sized[]): { before: number; after: number } | undefined {
    const after = all(next);
    if (after <= this.most) return undefined;
    const before = all(now);
    return after > before ? { before, after } : undefined;
  }

  /** @param next the blocks as a write would leave them. @throws LettaError `memory_full` */
  check(now: readonly Sized[], next: readonly Sized[]): void {
    const beyond = this.beyond(now, next);
    if (!beyond) return;
    const { after } = beyond;
    throw new LettaError('memory_full', {
      detail: t(
        'Memory blocks may take {0} of the prompt; with this they would take {1}.',
        inWords(this.most),
        inWords(after),
      ),
    });
  }

  /** What the agent is told in place of a result when a write of its own finds no room; undefined when it may be made. */
  refusal(tool: string, args: unknown, blocks: readonly Sized[], label: string): string | undefined {
    const block = blocks.find((each) => each.label === label);
    const value = block && applyMemoryCall(tool, args, block.value);
    if (value === undefined) return undefined;
    const next = blocks.map((each) => (each === block ? { ...each, value } : each));
    const beyond = this.beyond(blocks, next);
    if (!beyond) return undefined;
    const { before, after } = beyond;
    return (
      `Not written: memory blocks may take ${inWords(this.most)} of the prompt. They take ${inWords(before)} now and would take ` +
      `${inWords(after)}. ${MAKE_ROOM}, then write it again in fewer words.`
    );
  }

  /** For the agent, while the blocks take too much; '' otherwise. The same words as long as that lasts. */
  notice(blocks: readonly Sized[]): string {
    if (!this.isOver(blocks)) return '';
    return `Your memory blocks take more of the prompt than the ${inWords(this.most)} they may, so what makes them larger is refused. ${MAKE_ROOM}.`;
  }

  /** For the person, while the blocks take too much; undefined otherwise. */
  tooMuch(blocks: readonly Sized[]): string | undefined {
    if (!this.isOver(blocks)) return undefined;
    return t(
      'The blocks take {0} of every prompt, {1} are allowed, so nothing more can be written to them. Shorten the largest, move lines to the archive, or raise {2}.',
      inWords(all(blocks)),
      inWords(this.most),
      SETTING,
    );
  }
}

const MAKE_ROOM =
  'Make room first: shorten or merge lines with memory_replace or memory_rethink, and move what is rarely needed to the archive with archival_memory_insert';
