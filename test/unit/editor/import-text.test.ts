// Import paths in a text: found where they stand, and led to where they led.
import { describe, expect, test } from 'vitest';
import { rebasedImports, specifiers } from '../../../src/editor/import-text.ts';

const TEXT = [
  "import { a } from './a.js';",
  'import type { B } from "../b";',
  "import './side-effect';",
  "export * from '../lib/c.js';",
  "const d = await import('./d.js');",
  "const e = require('../e');",
  "import react from 'react';",
  "const text = 'from here';",
].join('\n');

describe('import paths', () => {
  test('are found with their places', () => {
    const found = specifiers(TEXT);
    expect(found.map(({ path }) => path)).toEqual([
      './a.js',
      '../b',
      './side-effect',
      '../lib/c.js',
      './d.js',
      '../e',
      'react',
    ]);
    for (const { path, start } of found) expect(TEXT.slice(start, start + path.length)).toBe(path);
  });

  test('lead where they did when the file moves, and packages stay', () => {
    const moved = rebasedImports(TEXT, '/w/src/x.ts', '/w/src/lib/deep/x.ts');
    expect(specifiers(moved).map(({ path }) => path)).toEqual([
      '../../a.js',
      '../../../b',
      '../../side-effect',
      '../../../lib/c.js',
      '../../d.js',
      '../../../e',
      'react',
    ]);
    expect(rebasedImports(moved, '/w/src/lib/deep/x.ts', '/w/src/x.ts')).toBe(TEXT);
    expect(rebasedImports("import '../a';", '/w/src/x.ts', '/w/x.ts')).toBe("import './a';");
  });

  test('stay as they are to what moves along', () => {
    expect(rebasedImports("import './b';\nimport '../c';", '/w/box/a.ts', '/w/in/crate/a.ts', '/w/box')).toBe(
      "import './b';\nimport '../../c';",
    );
  });
});
