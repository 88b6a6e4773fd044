import { describe, expect, it } from 'vitest';
import { ALIKE, isRequest, type PastRequest, similarity, similarTo } from '../../../src/flows/similar-requests.ts';

/** Three of one kind each: the third is to be offered as a skill. */
const SAME: [string, string, string][] = [
  ['Write release notes for 1.2', 'Please write the release notes for 1.3', 'write release notes for version 1.4'],
  [
    'Add a REST endpoint for books with validation and a contract test',
    'Add a REST endpoint for authors, with validation and a contract test',
    'Add another REST endpoint for shelves with validation and contract test',
  ],
  [
    'Migrate src/cart.js to TypeScript',
    'migrate src/checkout.js to typescript please',
    'Can you migrate lib/prices.js to TypeScript?',
  ],
  [
    'Create a migration that adds a column `isbn` to the table books',
    'create a migration that adds the column `born` to table authors',
    'Create a migration adding a column `height` to the table shelves',
  ],
  [
    'Translate the strings of the settings page to German',
    'Translate the strings on the login page to German',
    'Translate strings of the checkout page to German',
  ],
  [
    'Convert the component UserCard from class to hooks',
    'Convert the component BookList from class to hooks',
    'Convert component ShelfView from a class to hooks',
  ],
  [
    'Bump the dependency lodash and run the smoke suite',
    'Bump the dependency express and run the smoke suite',
    'bump dependency zod, then run the smoke suite',
  ],
  [
    'Generate a mock server from openapi/books.yaml',
    'Generate the mock server from openapi/authors.yaml',
    'generate a mock server out of openapi/shelves.yaml',
  ],
  [
    'Deploy the staging environment and check the health page',
    'Deploy staging environment, check the health page',
    'Please deploy the staging environment and then check its health page',
  ],
  [
    'Schreibe einen Changelog Eintrag für Version 2.1',
    'Schreibe den Changelog Eintrag für die Version 2.2',
    'Bitte schreibe einen Changelog Eintrag für Version 2.3',
  ],
];

/** Different work in similar words: nothing is offered. */
const DIFFERENT: [string, string][] = [
  ['Fix the bug in the parser', 'Fix the bug in the router'],
  ['Explain this file', 'Explain this error'],
  ['Add a test for parseDate', 'Add a button to the toolbar'],
  ['Why does the build fail?', 'Why does the login fail?'],
  ['Rename getUser to fetchUser', 'Remove getUser from the exports'],
  ['Write a test for the cache', 'Write a README for the library'],
  ['What does src/cart.ts do?', 'What does src/prices.ts do?'],
  ['Run the tests', 'Run the linter'],
  ['Update the dependencies', 'Update the copyright year'],
  ['Make the header sticky', 'Make the sidebar collapsible'],
  ['How do I connect to the database?', 'How large is the database?'],
  ['Add validation to the signup form', 'Add a REST endpoint for books'],
  ['Delete the old migration files', 'Create a migration that adds a column'],
  ['Translate the settings page to German', 'Make the settings page faster'],
  ['The tests are red, please look', 'The page is slow, please look'],
  ['Create a new class for shelves', 'Create a new file for styles'],
  ['Please review my change to the cart', 'Please revert my change to the prices'],
  ['Show me where books are sorted', 'Show me how users are deleted'],
  ['Use tabs in this file', 'Use the logger in this function'],
  ['Deploy the staging environment', 'Describe the staging environment in the docs'],
  ['Find all usages of formatPrice', 'Find out why formatPrice rounds down'],
  ['Write release notes for 1.2', 'Where are the release notes kept?'],
];

const past = (...texts: string[]): PastRequest[] => texts.map((text, i) => ({ threadId: `t${i}`, text }));

describe('similarTo', () => {
  it.each(SAME)('finds the third of a kind: %s', (first, second, third) => {
    expect(similarTo({ threadId: 'now', text: third }, past(first, second))).toHaveLength(2);
  });

  it.each(DIFFERENT)('does not take for the same: %s / %s', (one, other) => {
    expect(similarity(one, other)).toBeLessThan(ALIKE);
  });

  it('offers nothing falsely among all labelled requests', () => {
    const kinds = SAME.map(([first]) => first);
    const all = past(...new Set([...kinds, ...DIFFERENT.flat()]));
    const found = all.flatMap((request) => similarTo(request, all).map((other) => [request.text, other.text].sort()));
    // Labelled in both lists: one of a kind, and half of a pair that is of different kinds.
    const known = (text: string) => kinds.some((kind) => similarity(kind, text) >= ALIKE);
    expect(found.filter((pair) => !pair.every(known))).toEqual([]);
  });

  it('counts threads, not messages, and never the same thread', () => {
    const [first, second, third] = SAME[0] ?? ['', '', ''];
    const twice = [
      { threadId: 'a', text: first },
      { threadId: 'a', text: second },
      { threadId: 'now', text: second },
    ];
    expect(similarTo({ threadId: 'now', text: third }, twice)).toHaveLength(1);
  });

  it('does not let words of a whole project make its requests alike', () => {
    const names = 'shelf loan fine reader copy genre label stack index cover spine author'.split(' ');
    const verbs = ['paint', 'count', 'lend', 'price', 'sort', 'trace'];
    const all = past(
      ...names.flatMap((name, i) =>
        verbs.slice(i % 3, (i % 3) + 2).map((verb) => `In bookstore admin, ${verb} ${name}`),
      ),
    );
    expect(similarTo({ threadId: 'now', text: 'In bookstore admin, explode chapter' }, all)).toEqual([]);
  });

  it.each(['', 'yes', 'go on', '/remember use tabs and never spaces here', 'Thanks!', '1.2.3'])(
    'is no request: %j',
    (text) => expect(isRequest(text)).toBe(false),
  );
});
