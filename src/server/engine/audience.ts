// What one model may see of one agent; `kept-local.ts` decides it.
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider';
import type { Message, MessageBody } from '../store/messages.ts';

export type RequestOptions = Omit<LanguageModelV4CallOptions, 'abortSignal'>;

/** What one model may see of one agent. */
export interface Audience {
  /** It runs where the person's own computers are: nothing is withheld. */
  readonly isLocal: boolean;
  /** The same for as long as the same is withheld. */
  readonly key: string;
  /** The message as the model may see it. `hidden` gathers the ids of calls whose results are withheld as well. */
  show(message: Message, hidden: Set<string>): MessageBody;
  /** Whether a search may find it. */
  finds(message: Message): boolean;
  /** A text from wherever, as it may leave. */
  text(text: string): string;
  /** The whole request, as it may leave. */
  request(options: RequestOptions): RequestOptions;
}

/** Nothing is withheld. */
export const EVERYTHING: Audience = {
  isLocal: true,
  key: 'local',
  show: ({ body }) => body,
  finds: () => true,
  text: (text) => text,
  request: (options) => options,
};
