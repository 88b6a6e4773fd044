// Tokens and dollars in words.
import type { Spent } from '../../../src/protocol/thread-views.ts';
import { language, plural, t } from '../l10n.tsx';

export const inWords = (tokens: number): string => plural(tokens, '{0} token', '{0} tokens');

/** Of a small sum four digits are worth to know. */
const dollars = (cost: number): string => {
  const digits = cost > 0 && cost < 1 ? 4 : 2;
  return cost.toLocaleString(language(), { style: 'currency', currency: 'USD', minimumFractionDigits: digits });
};

/** E.g. `12,300 tokens read (10,000 from the cache) · 456 written · $0.0123`; without a price where none is known. */
export function spentText({ prompt, cached, completion, cost }: Spent): string {
  const read = inWords(prompt);
  return [
    cached > 0 ? t('{0} read ({1} from the cache)', read, cached) : t('{0} read', read),
    t('{0} written', completion),
    ...(cost === undefined ? [] : [dollars(cost)]),
  ].join(' · ');
}
