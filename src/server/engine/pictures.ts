// Pictures in a request: where they stand on the wire, how many go along, and what a model gets that takes none.
import type {
  LanguageModelV4FilePart,
  LanguageModelV4Message,
  LanguageModelV4TextPart,
  LanguageModelV4ToolResultPart,
} from '@ai-sdk/provider';
import type { LlmError } from './model-errors.ts';

/** Most pictures of a request, and characters of their base64: beyond, providers refuse all of it. */
const MOST = 20;
const MOST_CHARS = 24_000_000;

const LEFT_OUT = '[An earlier picture stood here. It is not sent any more: look at it again where it matters.]';
const BLIND =
  '[The picture itself is not shown: this model takes no pictures. Ask the person to describe it where it matters.]';
const REFUSED =
  '[The picture itself is not shown: the model did not take it. Ask the person to describe it where it matters.]';

/** How endpoints say that a model takes no pictures at all, as against one picture that is broken. */
const TAKES_NONE =
  /supports? (?:image|vision|multi-?modal)|(?:image|vision|multi-?modal)(?: inputs?| content| urls?)? (?:is|are) (?:not |un)supported|not a multi-?modal|mmproj|unknown variant .?image|must be a string|required for image input/i;

type Prompt = readonly LanguageModelV4Message[];
type Noted = (picture: LanguageModelV4FilePart) => string | undefined;

/** What models have refused so far, while this process lives. */
export class Pictures {
  private readonly blind = new Set<string>();
  /** By handle: parts of compiled contexts, which are the same objects from step to step. */
  private readonly refused = new Map<string, WeakSet<object>>();
  /** Of these: without them nothing was answered yet, so that the refusal may have had another reason. */
  private readonly suspected = new WeakSet<object>();
  private readonly suspectedBlind = new Set<string>();

  /**
   * The messages as a model gets them. Results of tools carry text alone in the chat format, so that pictures of theirs
   * follow in a message of the user's role. What is left out is named in its place. The older of a great many are left
   * out, half of them at once, so that the beginning of a request rarely changes.
   * @param vision whether the model takes pictures; undefined where nobody knows: then they are tried
   */
  shown(messages: Prompt, handle: string, vision: boolean | undefined): LanguageModelV4Message[] {
    const all = picturesOf(messages);
    if (all.length === 0) return [...messages];
    const refused = this.refused.get(handle);
    const isBlind = vision === false || this.blind.has(handle);
    const kept = newest(all.filter((picture) => !refused?.has(picture)));
    const note: Noted = (picture) => {
      if (isBlind) return BLIND;
      if (refused?.has(picture)) return REFUSED;
      return kept.has(picture) ? undefined : LEFT_OUT;
    };
    return wired(messages, note);
  }

  /**
   * What the request that `refusedBy` led to has come to. Marks stay where the model answered without the pictures; where
   * it did not, they were not the reason, and go along again.
   */
  settle(messages: Prompt, handle: string, answered: boolean): void {
    const tried = picturesOf(messages).filter((picture) => this.suspected.delete(picture));
    if (tried.length === 0) return;
    const wasBlind = this.suspectedBlind.delete(handle);
    if (answered) return;
    for (const picture of tried) this.refused.get(handle)?.delete(picture);
    if (wasBlind) this.blind.delete(handle);
  }

  /**
   * A model refused a request. True where it had pictures that will not go along when it is asked again: those that came
   * since it last answered, and where there are none, or that was not enough, all of them.
   * @param messages as they stand in the context
   */
  refusedBy(error: LlmError, messages: Prompt, handle: string, vision: boolean | undefined): boolean {
    if (vision === false || this.blind.has(handle) || error.isOverflow) return false;
    const named = /image|picture|multi-?modal|vision/i.test(error.message);
    if (error.type !== 'llm_bad_request' && !(error.type === 'llm_error' && named)) return false;
    const refused = this.refused.get(handle) ?? new WeakSet();
    const sent = newest(picturesOf(messages).filter((picture) => !refused.has(picture)));
    if (sent.size === 0) return false;
    const answered = messages.findLastIndex(({ role }) => role === 'assistant');
    const fresh = picturesOf(messages.slice(answered + 1)).filter((picture) => sent.has(picture));
    for (const picture of fresh.length > 0 ? fresh : sent) {
      refused.add(picture);
      this.suspected.add(picture);
    }
    this.refused.set(handle, refused);
    if (TAKES_NONE.test(error.message)) {
      this.blind.add(handle);
      this.suspectedBlind.add(handle);
    }
    return true;
  }
}

const isPicture = (part: { type: string }): part is LanguageModelV4FilePart => part.type === 'file';

function inResult({ output }: LanguageModelV4ToolResultPart): LanguageModelV4FilePart[] {
  return output.type === 'content' ? output.value.filter(isPicture) : [];
}

function picturesOf(messages: Prompt): LanguageModelV4FilePart[] {
  return messages.flatMap((message) => {
    if (message.role === 'user') return message.content.filter(isPicture);
    if (message.role !== 'tool') return [];
    return message.content.flatMap((part) => (part.type === 'tool-result' ? inResult(part) : []));
  });
}

function newest(pictures: readonly LanguageModelV4FilePart[]): Set<LanguageModelV4FilePart> {
  const kept: LanguageModelV4FilePart[] = [];
  let chars = 0;
  for (const picture of pictures) {
    kept.push(picture);
    chars += charsOf(picture);
    if (kept.length <= MOST && chars <= MOST_CHARS) continue;
    while (kept.length > 1 && (kept.length > MOST / 2 || chars > MOST_CHARS / 2)) {
      const oldest = kept.shift();
      chars -= oldest ? charsOf(oldest) : 0;
    }
  }
  return new Set(kept);
}

function charsOf({ data }: LanguageModelV4FilePart): number {
  return data.type === 'data' ? data.data.length : 0;
}

function wired(messages: Prompt, note: Noted): LanguageModelV4Message[] {
  const out: LanguageModelV4Message[] = [];
  /** Of the results just before: they go ahead of what the person says next. */
  let waiting: (LanguageModelV4TextPart | LanguageModelV4FilePart)[] = [];
  const flush = () => {
    if (waiting.length > 0) out.push({ role: 'user', content: waiting });
    waiting = [];
  };
  for (const message of messages) {
    if (message.role === 'tool') {
      flush();
      const content = message.content.map((part) => {
        if (part.type !== 'tool-result' || part.output.type !== 'content') return part;
        waiting.push(...shownOf(part, note));
        return asText(part, note);
      });
      out.push({ ...message, content });
    } else if (message.role === 'user') {
      const said = message.content.map((part) => (isPicture(part) ? textFor(note(part)) : undefined) ?? part);
      out.push({ ...message, content: [...waiting, ...said] });
      waiting = [];
    } else {
      flush();
      out.push(message);
    }
  }
  flush();
  return out;
}

const textFor = (text: string | undefined): LanguageModelV4TextPart | undefined =>
  text === undefined ? undefined : { type: 'text', text };

/** The pictures of a result that go along, and whose they are. */
function shownOf(part: LanguageModelV4ToolResultPart, note: Noted) {
  const shown = inResult(part).filter((picture) => note(picture) === undefined);
  if (shown.length === 0) return [];
  const text = `<system-reminder>\nWhat ${part.toolName} returned (${part.toolCallId}), to look at:\n</system-reminder>`;
  return [{ type: 'text' as const, text }, ...shown];
}

function asText(part: LanguageModelV4ToolResultPart, note: Noted): LanguageModelV4ToolResultPart {
  const { output } = part;
  if (output.type !== 'content') return part;
  const texts = output.value.flatMap((each) => {
    if (each.type === 'text') return [each.text];
    return isPicture(each) ? [note(each) ?? '[The picture follows.]'] : [];
  });
  return { ...part, output: { type: 'text', value: texts.join('\n') } };
}
