// Keeps what reflection remembers in a file that all windows of this computer share.
import { StateFile } from '../agent/state-file.ts';
import { fresh, type State, StateSchema } from './reflect-state.ts';

export class ReflectLedger extends StateFile<State> {
  constructor(path: string, now: () => number = Date.now) {
    super(
      path,
      (text) => StateSchema.safeParse(JSON.parse(text)).data,
      () => fresh(now()),
    );
  }
}
