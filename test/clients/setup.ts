// Before all cases: the programs that others wrote are installed once, outside the tree.
import { installClients } from './support/install.ts';

export async function setup(): Promise<void> {
  await installClients();
}
