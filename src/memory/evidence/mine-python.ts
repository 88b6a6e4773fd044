// Conventions of Python, counted in the code itself.
import { type Claims, cite } from './evidence.ts';
import type { CodeFile, Survey } from './survey.ts';
import { Tallies } from './tally.ts';

const SENTENCES: Record<string, Record<string, [string, number]>> = {
  quotes: { single: ['Strings are in single quotes', 0.55], double: ['Strings are in double quotes', 0.55] },
  typed: {
    yes: ['Functions have type hints for parameters and result', 0.65],
    no: ['Functions have no type hints', 0.4],
  },
  format: {
    'f-string': ['Text is put together with f-strings', 0.5],
    format: ['Text is put together with str.format', 0.5],
    percent: ['Text is put together with %', 0.5],
  },
  paths: {
    pathlib: ['Paths are handled with pathlib, not os.path', 0.55],
    'os.path': ['Paths are handled with os.path', 0.45],
  },
  optional: {
    bar: ['Optional types are written X | None', 0.45],
    Optional: ['Optional types are written Optional[X]', 0.45],
  },
  generics: {
    builtin: ['Generics are list[…] and dict[…], not typing.List', 0.4],
    typing: ['Generics come from typing: List, Dict', 0.4],
  },
  imports: {
    absolute: ['Imports are absolute imports of the package', 0.55],
    relative: ['Imports within the package are relative', 0.55],
  },
  models: {
    dataclass: ['Data is held in dataclasses', 0.45],
    pydantic: ['Data is held in pydantic models', 0.5],
    attrs: ['Data is held in attrs classes', 0.5],
  },
  docstrings: {
    google: ['Docstrings are in Google style (Args:, Returns:)', 0.65],
    numpy: ['Docstrings are in NumPy style (underlined sections)', 0.65],
    sphinx: ['Docstrings are in Sphinx style (:param …:)', 0.65],
  },
  tests: {
    functions: ['Tests are pytest functions, not classes', 0.5],
    classes: ['Tests are methods of Test classes', 0.5],
  },
  chained: { from: ['Errors are re-raised with "from"', 0.45] },
};

export async function minePython(survey: Survey, claims: Claims, formatted: ReadonlySet<string>): Promise<void> {
  const tallies = new Tallies();
  const files = survey.code.filter((f) => f.language === 'python');
  const packages = new Set(
    [...survey.paths]
      .filter((p) => p.endsWith('.py'))
      .flatMap((p) =>
        p
          .replace(/^src\//, '')
          .split('/')
          .slice(0, 1),
      ),
  );
  for (const file of files) {
    read(file, tallies, packages);
    await survey.pace.rest();
  }
  for (const [key, { option, votes, total, examples }] of tallies.winners()) {
    const said = SENTENCES[key]?.[option];
    if (!said || formatted.has(key)) continue;
    const topic = key === 'tests' ? 'testing' : key === 'docstrings' ? 'docs' : key === 'imports' ? 'imports' : 'style';
    claims.add('conventions', topic, said[1], `${said[0]} (${votes} of ${total}).`, examples);
  }
}

function read(file: CodeFile, tallies: Tallies, packages: ReadonlySet<string>): void {
  const vote = (key: string, option: string, i: number): void =>
    tallies.of(key).vote(option, file.path, () => cite(file, i));
  let inDoc = false;
  let handling = false;
  file.lines.forEach((raw, i) => {
    const line = raw.trim();
    const quotes = (line.match(/"""|'''/g) ?? []).length;
    if (inDoc) {
      if (/^(?:Args|Returns|Raises|Yields|Attributes):$/.test(line)) vote('docstrings', 'google', i);
      else if (/^:(?:param|returns?|raises|type)\b/.test(line)) vote('docstrings', 'sphinx', i);
      else if (/^-{4,}$/.test(line) && /^(?:Parameters|Returns|Raises|Yields)$/.test((file.lines[i - 1] ?? '').trim()))
        vote('docstrings', 'numpy', i);
      if (quotes % 2 === 1) inDoc = false;
      return;
    }
    if (quotes % 2 === 1) {
      inDoc = true;
      return;
    }
    if (line === '' || line.startsWith('#') || quotes > 0) return;
    const single = /'[^'"]*'/.test(line) && !line.includes('"');
    const double = /"[^'"]*"/.test(line) && !line.includes("'");
    if (single !== double) vote('quotes', single ? 'single' : 'double', i);
    const def = /^(?:async )?def \w+(?:\[[^\]]*\])?\(([^)]*)\)(.*)$/.exec(line);
    if (def) {
      const untyped = splitParameters(def[1] ?? '').filter(
        (p) => p !== '' && p !== '*' && p !== '/' && !/^(?:self|cls)$/.test(p) && !p.includes(':'),
      );
      vote('typed', untyped.length === 0 && (/->/.test(def[2] ?? '') || /__init__/.test(line)) ? 'yes' : 'no', i);
    }
    if (/(?<![\w])[rR]?f["']/.test(line)) vote('format', 'f-string', i);
    else if (/["']\.format\(/.test(line)) vote('format', 'format', i);
    else if (/["'] % [\w(]/.test(line)) vote('format', 'percent', i);
    if (/\bPath\b/.test(line)) vote('paths', 'pathlib', i);
    else if (/\bos\.path\b/.test(line)) vote('paths', 'os.path', i);
    if (/\| None\b/.test(line)) vote('optional', 'bar', i);
    else if (/\bOptional\[/.test(line)) vote('optional', 'Optional', i);
    if (/[:>[,] ?(?:list|dict|tuple|set)\[/.test(line)) vote('generics', 'builtin', i);
    else if (/[:>[,] ?(?:List|Dict|Tuple|Set)\[/.test(line)) vote('generics', 'typing', i);
    const from = /^from (\.*)([\w]*)/.exec(line);
    if (from?.[1]) vote('imports', 'relative', i);
    else if (from?.[2] && packages.has(from[2])) vote('imports', 'absolute', i);
    if (/^@(?:dataclasses\.)?dataclass\b/.test(line)) vote('models', 'dataclass', i);
    else if (/^class \w+\((?:pydantic\.)?BaseModel\)/.test(line)) vote('models', 'pydantic', i);
    else if (/^@(?:attrs?\.)?(?:define|frozen|attrs|s)\b/.test(line)) vote('models', 'attrs', i);
    if (file.isTest && /^def test_/.test(line)) vote('tests', raw.startsWith('def') ? 'functions' : 'classes', i);
    if (/^except\b/.test(line)) handling = true;
    else if (/^(?:def|class)\b/.test(line)) handling = false;
    if (handling && /^raise \w+\(/.test(line)) {
      vote('chained', /\) from \w+/.test(line) ? 'from' : 'bare', i);
      handling = false;
    }
  });
}

/** Commas within brackets separate no parameters. */
function splitParameters(list: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const character of list) {
    if ('[({'.includes(character)) depth++;
    if ('])}'.includes(character)) depth--;
    if (character === ',' && depth === 0) {
      parts.push(part.trim());
      part = '';
    } else part += character;
  }
  return [...parts, part.trim()];
}
