// When the agent offers by itself to learn a skill: on the third request of one kind, once, and never where the person said so.
import * as z from 'zod/mini';
import { StateFile } from '../agent/state-file.ts';
import { ALIKE, isRequest, type PastRequest, similarity, similarTo } from './similar-requests.ts';

const Schema = z.object({
  /** The newest last. */
  requests: z.array(z.object({ threadId: z.string(), text: z.string() })),
  /** What was offered for: not again. */
  offered: z.array(z.string()),
});
type State = z.infer<typeof Schema>;

const MOST_REQUESTS = 300;
const MOST_OFFERED = 100;
const MOST_CHARACTERS = 300;
/** Other threads that asked for it before. */
const BEFORE = 2;

export interface SkillOffer {
  threadId: string;
  /** What was asked this time. */
  text: string;
  /** What was asked before, in other threads. */
  similar: string[];
}

export class SkillOffers {
  private readonly file: StateFile<State>;
  private readonly maskSecrets: (text: string) => string;

  /** `path`: one file an agent. */
  constructor(path: string, maskSecrets: (text: string) => string) {
    this.file = new StateFile<State>(
      path,
      (text) => Schema.safeParse(JSON.parse(text)).data,
      () => ({ requests: [], offered: [] }),
    );
    this.maskSecrets = maskSecrets;
  }

  /**
   * Notes a request. @returns an offer where it is the third of its kind; told once for each kind
   * @param titles of threads that were there before requests were noted
   * @param mayOffer whether one can be shown now: where not, the next request of the kind may bring it
   * @throws Error when it cannot be noted
   */
  async asked(
    { threadId, text }: PastRequest,
    titles: readonly PastRequest[],
    mayOffer: boolean,
  ): Promise<SkillOffer | undefined> {
    if (!isRequest(text)) return undefined;
    const request = { threadId, text: this.maskSecrets(text).slice(0, MOST_CHARACTERS) };
    let offer: SkillOffer | undefined;
    await this.file.change((state) => {
      const known = new Set(state.requests.map((each) => each.threadId));
      const past = [...titles.filter((each) => !known.has(each.threadId)), ...state.requests];
      const similar = similarTo(request, past);
      const isNew = !state.offered.some((each) => similarity(each, request.text) >= ALIKE);
      offer =
        mayOffer && isNew && similar.length >= BEFORE
          ? { ...request, similar: similar.map((each) => each.text) }
          : undefined;
      return {
        requests: [...state.requests, request].slice(-MOST_REQUESTS),
        offered: offer ? [...state.offered, request.text].slice(-MOST_OFFERED) : state.offered,
      };
    });
    return offer;
  }
}
