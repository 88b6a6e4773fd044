// Conventions of any kind that show as repetition: lines, exports, parameters, decorators and call arguments shared by nearly all files.
import { type Citation, type Claims, cite } from './evidence.ts';
import type { Pace } from './pace.ts';
import type { CodeFile, Survey } from './survey.ts';
import { isConvention, MIN_UNANIMOUS, Tallies, Tally } from './tally.ts';

const MAX_CLAIMS_OF_A_KIND = 4;
/** Lines that say nothing about a project. */
const TRIVIAL =
  /^(?:[\W_]*|<\/?\w+>|else\b.*|return;?|constructor\b.*|import .* from ['"]\..*|(?:const|let|var) \w+ = (?!.*logg?e?r?\().*|super\(.*|\w+ = f?["'\w].*(?<!\(__name__\))|try\s*\{?:?|(?:use strict|'use strict'|"use strict");?|pass|end|package main|\/\*\*|\*\/|"""|'''|import React from 'react';?|import pytest|import \w+(?:\.\w+)?|package [\w.]+;|import org\.junit\.\S*|from typing import .*|use super::\*;|<\?php|#\[cfg\(test\)\]|mod tests \{|#!.*|import (?:type )?\{[^}]*\} from '(?:vitest|react)';?|@Test|@Override|import "testing")$/;

interface Shared {
  /** Line → the files that have it, each with where. */
  lines: Map<string, Citation[]>;
  files: number;
}

async function sharedLines(files: readonly CodeFile[], pace: Pace): Promise<Shared> {
  const lines = new Map<string, Citation[]>();
  for (const file of files) {
    const seen = new Set<string>();
    file.lines.slice(0, 60).forEach((raw, i) => {
      const line = raw.trim();
      if (line.length < (line.startsWith('@') ? 5 : 8) || line.length > 140 || seen.has(line) || TRIVIAL.test(line))
        return;
      seen.add(line);
      const known = lines.get(line) ?? [];
      known.push(cite(file, i));
      lines.set(line, known);
    });
    await pace.rest();
  }
  return { lines, files: files.length };
}

/** `everywhere`: lines of nearly all files of a language are said once, not again for each folder. */
async function commonLines(survey: Survey, claims: Claims): Promise<void> {
  const groups = [
    ...groupBy(survey.code, (f) => f.language),
    ...groupBy(
      survey.code.filter((f) => f.isTest),
      (f) => f.language,
    ),
  ];
  const everywhere = new Set<string>();
  for (const [, files] of groups) {
    if (files.length < MIN_UNANIMOUS) continue;
    const { lines } = await sharedLines(files, survey.pace);
    const full = files.filter((f) => f.lines.filter((l) => l.trim() !== '').length > 1).length;
    let said = 0;
    for (const [line, where] of [...lines].sort((a, b) => b[1].length - a[1].length)) {
      if (!isConvention(where.length, Math.max(where.length, full))) break;
      if (everywhere.has(line)) continue;
      everywhere.add(line);
      if (++said > MAX_CLAIMS_OF_A_KIND) continue;
      const first = where.every((c) => c.line <= 3);
      const kind = `${extensionsOf(files)}${files.every((f) => f.isTest) ? ' test' : ''}`;
      const claim = first ? `Every ${kind} file begins with \`${line}\`.` : `Every ${kind} file has \`${line}\`.`;
      claims.add('conventions', 'style', 0.65, claim, where);
    }
    await survey.pace.rest();
  }
  let said = 0;
  for (const [folder, files] of groupBy(
    survey.code.filter((f) => !f.isTest),
    (f) => f.folder,
  )) {
    if (files.length < MIN_UNANIMOUS || folder === '') continue;
    const { lines } = await sharedLines(files, survey.pace);
    const best = [...lines]
      .filter(([line, where]) => !everywhere.has(line) && isConvention(where.length, files.length))
      .filter(
        ([line]) => !/^\W*(?:export|def|func|pub|class|args|returns|raises)\b/i.test(line) && /[('"`@]/.test(line),
      )
      .slice(0, 3);
    const [first] = best;
    if (first && ++said <= MAX_CLAIMS_OF_A_KIND) {
      const lines = best.map(([line]) => `\`${line}\``).join(', ');
      const evidence = best.length > 1 ? best.map(([, where]) => where[0]) : first[1];
      claims.add('conventions', 'architecture', 0.45, `Files in ${folder}/ share ${lines}.`, evidence);
    }
    await survey.pace.rest();
  }
}

const DECLARED =
  /^(?:export\s+)(?:default\s+)?(?:async\s+)?(?:function\*?|const|let|class|abstract class)\s+(\w+)|^(?:async\s+)?def\s+(\w+)|^func\s+(?:\([^)]*\)\s*)?([A-Z]\w*)|^pub\s+(?:async\s+)?fn\s+(\w+)|^module\.exports\.(\w+)/;

/** What nearly every file of a folder declares under the same name, or with the same first word. */
async function sameDeclaration(survey: Survey, claims: Claims): Promise<void> {
  let said = 0;
  for (const [folder, files] of groupBy(
    survey.code.filter((f) => !f.isTest),
    (f) => f.folder,
  )) {
    if (files.length < MIN_UNANIMOUS || folder === '') continue;
    const names = new Map<string, Citation[]>();
    for (const file of files) {
      const seen = new Set<string>();
      file.lines.forEach((line, i) => {
        const match = DECLARED.exec(line);
        const name = match?.slice(1).find((part) => part !== undefined);
        if (!name || seen.has(name)) return;
        seen.add(name);
        names.set(name, [...(names.get(name) ?? []), cite(file, i)]);
      });
      await survey.pace.rest();
    }
    for (const [name, where] of names) {
      if (!isConvention(where.length, files.length) || ++said > MAX_CLAIMS_OF_A_KIND) continue;
      claims.add('conventions', 'architecture', 0.6, `Every file in ${folder}/ exports \`${name}\`.`, where);
    }
    await survey.pace.rest();
  }
}

const FUNCTION =
  /^\s*(?:export\s+)?(?:default\s+)?(?:async\s+)?(?:function\*?\s+\w+\s*(?:<[^>]*>)?\(|def\s+\w+\(|func\s+(?:\([^)]*\)\s*)?\w+\(|(?:pub\s+)?(?:async\s+)?fn\s+\w+(?:<[^>]*>)?\(|export const \w+ = (?:async )?\()\s*(.*)/;

/** Parameters: the same first one in a folder, keyword-only ones in Python. */
async function parameters(survey: Survey, claims: Claims): Promise<void> {
  const firsts = new Tallies();
  const keywordOnly = new Tallies();
  for (const file of survey.code) {
    if (file.isTest) continue;
    file.lines.forEach((line, i) => {
      const list = FUNCTION.exec(line)?.[1];
      if (list === undefined) return;
      const rest = list === '' ? (file.lines[i + 1] ?? '').trim() : list;
      if (rest.startsWith(')')) return;
      if (file.language === 'python') {
        const own = rest.replace(/^(?:self|cls)\s*,?\s*/, '');
        if (own === '' || own.startsWith(')')) return;
        const scope = file.folder || 'the root';
        keywordOnly.of(scope).vote(own.startsWith('*,') ? 'yes' : 'no', file.path, () => cite(file, i));
      }
      const name = /^(?:mut\s+)?(\w+)\s*[:,)\s?]/.exec(rest)?.[1];
      if (name && !/^(?:self|cls|this)$/.test(name)) firsts.of(file.folder).vote(name, file.path, () => cite(file, i));
    });
    await survey.pace.rest();
  }
  let said = 0;
  for (const [folder, { option, votes, total, examples }] of firsts.winners()) {
    if (/^(?:_|e|x|props|req|args|key|id|name|value)$/.test(option) || folder === '' || ++said > MAX_CLAIMS_OF_A_KIND)
      continue;
    claims.add(
      'conventions',
      'architecture',
      0.5,
      `Functions in ${folder}/ take \`${option}\` first (${votes} of ${total}).`,
      examples,
    );
  }
  for (const [folder, { option, examples }] of keywordOnly.winners()) {
    if (option === 'yes')
      claims.add(
        'conventions',
        'style',
        0.55,
        `Functions in ${folder}/ take keyword-only arguments (\`*,\` first).`,
        examples,
      );
  }
}

/** The same decorator or annotation with the same arguments. */
async function decorators(survey: Survey, claims: Claims): Promise<void> {
  const tallies = new Tallies();
  for (const file of survey.code) {
    file.lines.forEach((line, i) => {
      const [, name, args] = /^\s*@([\w.]+)(\(.*\))?\s*$/.exec(line) ?? [];
      if (name) tallies.of(name).vote(args ?? '', file.path, () => cite(file, i));
    });
    await survey.pace.rest();
  }
  let said = 0;
  for (const [name, { option, votes, total, examples }] of tallies.winners()) {
    if (option === '' || option === '()' || /^\(["']\//.test(option) || ++said > MAX_CLAIMS_OF_A_KIND) continue;
    claims.add(
      'conventions',
      'style',
      0.6,
      `\`@${name}\` is used as \`@${name}${option}\` (${votes} of ${total}).`,
      examples,
    );
  }
}

type Shape = [name: string, test: RegExp];
const SHAPES: readonly Shape[] = [
  ['lower case with dots', /^[a-z][a-z0-9]*(?:\.[a-z0-9]+)+$/],
  ['lower case with colons', /^[a-z][a-z0-9-]*(?::[a-z0-9-]+)+$/],
  ['kebab-case', /^[a-z0-9]+(?:-[a-z0-9]+)+$/],
  ['snake_case', /^[a-z0-9]+(?:_[a-z0-9]+)+$/],
  ['SCREAMING_CASE', /^[A-Z0-9]+(?:_[A-Z0-9]+)+$/],
];
/** Callees whose first argument is a path, a module or a query, not a name someone chose here. */
const NOT_NAMES =
  /^(?:require|import|join|resolve|log|warn|error|info|debug|print|fetch|get|set|push|includes|split|replace|startsWith|endsWith|querySelector|getElementById|write|append|exists|open|describe|Error|format|expect|test|it|fail|throw|raise|getenv|sleep|super|addEventListener|removeEventListener)$/;

const CALLEE =
  /^\s*(?:export |public |private |protected |static |async )*(?:function\*? (\w+)|(?:def|func|fn) (?:\([^)]*\) )?(\w+)|const (\w+) = (?:async )?\(|(\w+)\([^()]*\)(?:: [^=;]+)? \{$|(\w+)\??(?::|\() ?\(?\w+: string\b)/;

/** The shape of the names given to one function: events, translation keys, flags, metrics. */
async function callNames(survey: Survey, claims: Claims): Promise<void> {
  const tallies = new Tallies();
  const titles = new Tallies();
  const routes = new Tally();
  // Names given to functions of libraries are the libraries' business.
  const own = new Set<string>();
  for (const file of survey.code) {
    for (const line of file.lines) {
      const name = CALLEE.exec(line)?.slice(1).find(Boolean);
      if (name && !file.isTest) own.add(name);
    }
    await survey.pace.rest();
  }
  for (const file of survey.code) {
    file.lines.forEach((line, i) => {
      const method = file.isTest ? /^\s*(?:public )?(?:void|fun|def test_)\s*`?(should)?\w*\(?/.exec(line) : null;
      if (method && /\(/.test(line))
        titles.of('test').vote(method[1] ? 'should' : 'plain', file.path, () => cite(file, i));
      const route = ROUTE.exec(line)?.[1];
      if (route && !file.isTest)
        routes.vote(/^\/(?:api(?:\/v\d+)?|v\d+)(?=\/|$)/.exec(route)?.[0] ?? 'none', file.path, () => cite(file, i));
      for (const [, callee = '', , text = ''] of line.matchAll(/\b([A-Za-z_]\w*)\(\s*(['"`])([^'"`$]{3,80})\2/g)) {
        if (/^(?:it|test)$/.test(callee) && file.isTest)
          titles.of(callee).vote(/^should\b/.test(text) ? 'should' : 'plain', file.path, () => cite(file, i));
        if (NOT_NAMES.test(callee) || file.isTest || !own.has(callee)) continue;
        const shape = SHAPES.find(([, test]) => test.test(text))?.[0] ?? 'other';
        tallies.of(callee).vote(shape, file.path, () => cite(file, i));
      }
    });
    await survey.pace.rest();
  }
  let said = 0;
  for (const [callee, { option, votes, total, examples }] of tallies.winners()) {
    if (option === 'other' || ++said > MAX_CLAIMS_OF_A_KIND) continue;
    claims.add(
      'conventions',
      'naming',
      0.5,
      `Names given to \`${callee}()\` are in ${option} (${votes} of ${total}).`,
      examples,
    );
  }
  const route = routes.winner();
  if (route && route.option !== 'none')
    claims.add(
      'conventions',
      'naming',
      0.55,
      `HTTP paths begin with ${route.option} (${route.votes} of ${route.total}).`,
      route.examples,
    );
  for (const [callee, { option, examples }] of titles.winners()) {
    if (option === 'should')
      claims.add('conventions', 'testing', 0.45, `Names of tests (\`${callee}\`) begin with "should".`, examples);
  }
}

/** An HTTP route as routers and annotations of controllers take it; of a method's own annotation only the rest is there. */
const ROUTE =
  /(?:\b(?:app|router|server|api|route|fastify)\.(?:get|post|put|patch|delete|route|use)\(|@(?:Request|Controller|Route|Path)\w*\()\s*['"](\/[^'"]*)['"]/;

function extensionsOf(files: readonly CodeFile[]): string {
  return [...new Set(files.map((f) => `.${f.extension}`))].sort().slice(0, 3).join('/');
}

function groupBy(files: readonly CodeFile[], key: (file: CodeFile) => string): Map<string, CodeFile[]> {
  const groups = new Map<string, CodeFile[]>();
  for (const file of files) {
    const list = groups.get(key(file)) ?? [];
    list.push(file);
    groups.set(key(file), list);
  }
  return groups;
}

export async function mineEverywhere(survey: Survey, claims: Claims): Promise<void> {
  await commonLines(survey, claims);
  await sameDeclaration(survey, claims);
  await parameters(survey, claims);
  await decorators(survey, claims);
  await callNames(survey, claims);
}
