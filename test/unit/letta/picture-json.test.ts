// JSON of requests with pictures: the same text as ever, made without looking through megabytes.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pictureJson } from '../../../src/letta/picture-json.ts';

const large = (seed: string) => seed.repeat(200_000).slice(0, 200_000);

test('it is the same text, whatever stands around the pictures', () => {
  const picture = fc.constantFrom('QUJD', '+/8=').map((seed) => ({ type: 'base64', data: large(seed) }));
  // What looks like one but is not is escaped as ever.
  const other = fc.constant({ type: 'text', data: large('"\n') });
  const value = fc.array(fc.oneof(picture, other, fc.jsonValue()), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(picture, value, (first, rest) => {
      const body = { messages: [first, ...rest] };
      expect(pictureJson(body) === JSON.stringify(body)).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test('without a picture it is left to the client', () => {
  expect(
    pictureJson({
      messages: [
        { type: 'text', text: large('a') },
        { type: 'base64', data: 'QUJD' },
      ],
    }),
  ).toBeUndefined();
});
