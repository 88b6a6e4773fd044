// A Letta server that could not be opened as the agent's home.
import type { Checked } from './verdict.ts';

export class HomeDown extends Error {
  override name = 'HomeDown';
  /** It may be there again without anybody's doing: a key that is refused is not taken later either. */
  readonly passes: boolean;

  constructor({ verdict, message }: Checked) {
    super(message);
    this.passes = verdict !== 'unauthorized';
  }
}
