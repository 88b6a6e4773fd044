// The demo program: decides by fixed rules what to say and which tools to call. It is no AI and says so.
import { findLines, planNote } from './demo-memory.ts';
import type { DoneCall, Situation } from './demo-prompt.ts';
import { draftSkill } from './demo-skill.ts';
import { words } from './demo-words.ts';

export interface Decision {
  text: string;
  calls: { name: string; input: Record<string, unknown> }[];
}

const say = (text: string): Decision => ({ text, calls: [] });
const call = (name: string, input: Record<string, unknown>, text = ''): Decision => ({
  text,
  calls: [{ name, input }],
});

const FOOTER = '\n\n*Offline demo model: a small program, not an AI. For real answers: **Connect a model…***';

export const INTRODUCTION = `I am the **offline demo model**: a small program with fixed rules, **not an AI**. I can't answer questions or write code. Your agent and its memory are real, though, and a real model goes on with them: press **Connect a model…** (or run *Letta: Connect a Model…*) and give it any OpenAI-compatible endpoint or API key, or start Ollama or LM Studio on this computer.

Until then you can try:

- \`Remember that we indent with tabs\`
- \`What do you remember about indentation?\`
- \`List the open files\`
- \`List the problems\`
- \`Replace "foo" with "bar" in src/example.ts\`
- \`Use the skill NAME\``;

/** How much of a tool's result is repeated: the card beside it has all of it. */
const SHOWN_CHARS = 1500;

function quoted(text: string): string {
  return text
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');
}

function shown(output: string): string {
  const text = output.trim();
  if (text === '') return '(nothing)';
  const cut = text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}\n… (${text.length} characters in all)` : text;
  const longest = Math.max(2, ...[...cut.matchAll(/`+/g)].map((match) => match[0].length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${cut}\n${fence}`;
}

function notOffered(name: string): Decision {
  return say(`This needs the tool \`${name}\`, which this request does not offer.${FOOTER}`);
}

/** One call, then its result in plain words. */
function useTool(situation: Situation, name: string, input: Record<string, unknown>, heading: string): Decision {
  const done = situation.done.find((entry) => entry.name === name);
  if (done !== undefined) {
    return say(`${done.failed ? `\`${name}\` failed. It said:` : heading}\n\n${shown(done.output)}${FOOTER}`);
  }
  return situation.offered.has(name) ? call(name, input) : notOffered(name);
}

const stringOf = (entry: DoneCall, key: string): string => {
  const value = entry.input[key];
  return typeof value === 'string' ? value : '';
};

/** `isFlow`: the person ran *Remember This* and reads a notification, not a chat. */
function remember(situation: Situation, note: string, isFlow: boolean): Decision {
  const footer = isFlow ? '' : FOOTER;
  const tries = situation.done.filter((entry) => entry.name === 'memory_insert' || entry.name === 'memory_replace');
  const last = tries.at(-1);
  if (last === undefined) {
    const plan = planNote(note, situation.blocks);
    if (plan === undefined) return say(`I have no memory block that I may write to, so I did not store it.${footer}`);
    if (plan.kind === 'known') {
      return say(
        isFlow
          ? `ALREADY: ${plan.label}`
          : `That is in my memory already, in \`${plan.label}\`. I stored nothing twice:\n\n${quoted(plan.line)}${footer}`,
      );
    }
    const name = plan.kind === 'replace' ? 'memory_replace' : 'memory_insert';
    if (!situation.offered.has(name)) return notOffered(name);
    return plan.kind === 'replace'
      ? call(name, { label: plan.label, old_string: plan.before, new_string: plan.after })
      : call(name, { label: plan.label, new_string: plan.text });
  }
  const label = stringOf(last, 'label');
  if (!last.failed) {
    const before = stringOf(last, 'old_string');
    const stored = `Remembered in \`${label}\`:\n\n${quoted(stringOf(last, 'new_string'))}`;
    return say(`${stored}${before === '' ? '' : `\n\nIt replaces:\n\n${quoted(before)}`}${footer}`);
  }
  // The line changed since the prompt was made, or the block is full: the note must not get lost for that.
  const canInsert = situation.offered.has('memory_insert');
  if (last.name === 'memory_replace' && canInsert && !/not allowed|denied|read-only/i.test(last.output)) {
    return call('memory_insert', { label, new_string: note });
  }
  const hasInbox = situation.blocks.some((block) => block.label === 'inbox' && !block.readOnly);
  if (last.name === 'memory_insert' && label !== 'inbox' && hasInbox && !/not allowed|denied/i.test(last.output)) {
    return call('memory_insert', { label: 'inbox', new_string: note });
  }
  return say(`I could not store it: \`${last.name}\` failed. It said:\n\n${shown(last.output)}${footer}`);
}

/** What a search brought, as lines; the person's own question, which is stored before it is answered, is no finding. */
function findings(situation: Situation, output: string): string[] {
  let results: unknown;
  try {
    const value: unknown = JSON.parse(output);
    results = Array.isArray(value) || value === null ? value : (value as { results?: unknown }).results;
  } catch {
    results = undefined;
  }
  if (results === null) return [];
  if (!Array.isArray(results)) return /^\s*(none|no results\b.*)?\s*$/i.test(output) ? [] : [output.trim()];
  return results.flatMap((item: unknown) => {
    const content: unknown = typeof item === 'object' && item !== null ? (item as { content?: unknown }).content : item;
    const text = typeof content === 'string' ? content : JSON.stringify(item);
    return text.includes(situation.text) ? [] : [text];
  });
}

function recall(situation: Situation, subject: string): Decision {
  const about = subject === '' ? '' : ` about ${subject}`;
  const searches = situation.done.filter((entry) => entry.name.endsWith('_search'));
  if (searches.length > 0) {
    const found = searches.flatMap((entry) => {
      const lines = entry.failed ? [] : findings(situation, entry.output);
      return lines.length === 0 ? [] : [`\`${entry.name}\` found:\n\n${shown(lines.join('\n\n'))}`];
    });
    if (found.length === 0) {
      const failed = searches.find((entry) => entry.failed);
      if (failed) return say(`\`${failed.name}\` failed. It said:\n\n${shown(failed.output)}${FOOTER}`);
      return say(`I remember nothing${about}: neither my memory blocks nor my archive and threads have it.${FOOTER}`);
    }
    return say(`My memory blocks say nothing${about}. ${found.join('\n\n')}${FOOTER}`);
  }
  const lines = findLines(subject, situation.blocks).slice(0, 20);
  if (lines.length > 0) {
    const list = lines.map(({ label, line }) => `- ${line.replace(/^[-*•]\s+/, '')} *(${label})*`).join('\n');
    return say(`This is what I remember${about}:\n\n${list}${FOOTER}`);
  }
  if (subject === '') return say(`My memory blocks are empty.${FOOTER}`);
  const calls = ['archival_memory_search', 'conversation_search']
    .filter((name) => situation.offered.has(name))
    .map((name) => ({ name, input: { query: subject } }));
  if (calls.length > 0) return { text: '', calls };
  return say(`My memory blocks say nothing${about}, and this request offers no search.${FOOTER}`);
}

function count(text: string, part: string): number {
  return part === '' ? 0 : text.split(part).length - 1;
}

/** Reads first, so that it never proposes an edit of something that isn't there. */
function edit(situation: Situation, before: string, after: string, path: string): Decision {
  const done = situation.done.find((entry) => entry.name === 'Edit');
  if (done?.failed)
    return say(`The edit of \`${path}\` was not made. \`Edit\` said:\n\n${shown(done.output)}${FOOTER}`);
  if (done) return say(`I edited \`${path}\`. \`Edit\` said:\n\n${shown(done.output)}${FOOTER}`);
  const read = situation.done.find((entry) => entry.name === 'Read');
  if (read === undefined && situation.offered.has('Read')) return call('Read', { path });
  if (read?.failed) return say(`I could not read \`${path}\`. \`Read\` said:\n\n${shown(read.output)}${FOOTER}`);
  const text = read?.output.replace(/^\d+\t/gm, '') ?? '';
  const isWhole = read !== undefined && !/go on with offset \d+\)\s*$/.test(text);
  if (isWhole && count(text, before) === 0) {
    return say(`I read \`${path}\`, and the text is not there, so I propose no edit:\n\n${shown(before)}${FOOTER}`);
  }
  const change = { old_string: before, new_string: after, ...(count(text, before) > 1 ? { replace_all: true } : {}) };
  return situation.offered.has('Edit') ? call('Edit', { path, edits: [change] }) : notOffered('Edit');
}

const unquote = (text: string): string => {
  const trimmed = text.trim();
  return /^(["'`])[\s\S]*\1$/.test(trimmed) && trimmed.length > 1 ? trimmed.slice(1, -1) : trimmed;
};
const subjectOf = (text: string | undefined): string =>
  unquote((text ?? '').replace(/[?.!\s]+$/, '')).replace(/^(the|our|my)\s+/i, '');

interface Rule {
  pattern: RegExp;
  run(situation: Situation, match: RegExpExecArray): Decision;
}

/** The first that fits the person's text decides. */
const RULES: Rule[] = [
  {
    pattern:
      /\b(?:replace|change)\s+("[^"]*"|'[^']*'|`[^`]*`|[\s\S]+?)\s+(?:with|by|to)\s+("[^"]*"|'[^']*'|`[^`]*`|[\s\S]*?)\s+in\s+(?:the\s+)?(?:file\s+)?(\S+?)[.!]?\s*$/i,
    run: (s, m) => edit(s, unquote(m[1] ?? ''), unquote(m[2] ?? ''), unquote(m[3] ?? '')),
  },
  {
    pattern:
      /^(?:please\s+)?(?:use|load|run|open)\s+(?:the\s+)?skill\s+["'`]?([\w-]+)|^\/?(?:use|load|run)\s+(?:the\s+)?["'`]?([\w-]+)["'`]?\s+skill\b/i,
    run: (s, m) => {
      const name = m[1] ?? m[2] ?? '';
      return useTool(
        s,
        'Skill',
        { name },
        `I loaded the skill \`${name}\`. A real model would follow it now. It says:`,
      );
    },
  },
  {
    pattern:
      /\b(?:open|opened)\s+(?:files?|tabs?|editors?|documents?)\b|\b(?:files?|tabs?|editors?)\s+(?:are|is|do i have)\s+open\b/i,
    run: (s) => useTool(s, 'OpenFiles', {}, 'These files are open:'),
  },
  {
    pattern:
      /^(?:please\s+)?(?:list|show|tell|give|get|what|which|are there|any|check)\b.*\b(?:problems?|diagnostics?|errors?|warnings?)\b(?:.*?\bin\s+(?:the\s+)?(?:file\s+)?([^\s?]*[./][^\s?]*?))?[.?!]*\s*$/i,
    run: (s, m) => {
      const path = m[1] === undefined ? {} : { path: unquote(m[1]) };
      return useTool(s, 'Diagnostics', path, 'The editor reports:');
    },
  },
  {
    pattern:
      /^(?:please\s+)?(?:read|show)\s+(?:me\s+)?(?:the\s+)?(?:file\s+)?(["'`]?[^\s"'`]*[./][^\s"'`]*?["'`]?)[.!]?\s*$/i,
    run: (s, m) => {
      const path = unquote(m[1] ?? '');
      return useTool(s, 'Read', { path }, `\`${path}\` says:`);
    },
  },
  {
    pattern:
      /^(?:so,?\s+)?what\s+(?:do|else do)\s+you\s+(?:remember|know|recall)(?:\s+(?:about|of)\s+([\s\S]+?))?[?.!\s]*$/i,
    run: (s, m) => recall(s, subjectOf(m[1])),
  },
  {
    pattern:
      /^(?:do|can)\s+you\s+(?:still\s+)?(?:remember|know|recall)\s+(?:what\s+\w+\s+(?:said|told you)\s+)?(?:about\s+)?([\s\S]+)$/i,
    run: (s, m) => recall(s, subjectOf(m[1])),
  },
  {
    pattern:
      /^what\s+(?:have|did)\s+(?:i|we)\s+(?:say|said|tell you|told you|discuss(?:ed)?|decided?|talk(?:ed)?)(?:\s+(?:about|on))?\s+([\s\S]+)$/i,
    run: (s, m) => recall(s, subjectOf(m[1])),
  },
  {
    pattern:
      /^(?:please\s+)?(?:recall|search)\s+(?:(?:in\s+)?(?:the|your)\s+(?:archive|memory|memories|threads?|history)\s+(?:for\s+)?)?([\s\S]+)$/i,
    run: (s, m) => recall(s, subjectOf(m[1])),
  },
  {
    pattern:
      /^(?:please\s+)?(?:remember|note|keep in mind|don['’]t forget)\b(?!\s+(?:what|how|when|where|why|who|which)\b)(?:\s+this)?(?:\s+that\b)?\s*[:,]?\s+([^?]+|[\s\S]+[^?\s])\s*$/i,
    run: (s, m) => remember(s, (m[1] ?? '').trim(), false),
  },
  {
    pattern: /^from now on,?\s+([\s\S]+)$/i,
    run: (s, m) => remember(s, (m[1] ?? '').trim(), false),
  },
  {
    pattern:
      /^(?![\s\S]*\?\s*$)(?:in (?:[\w.#+-]+,? ){1,3}?)?(?:we\s+(?:use|prefer|indent|write|name|format|test|lint|build|deploy|run|keep|put|call|store|always|never|don['’]t|do not|avoid|require|follow)\b|(?:always|never|prefer|avoid)\s|our\s+\w|my\s+\w+\s+(?:is|are)\b|i\s+(?:prefer|like|always|never|am)\b|i['’]m\b|call me\b)/i,
    run: (s) => remember(s, s.text, false),
  },
];

function answer(situation: Situation): Decision {
  const flow = situation.reminders.join('\n');
  if (flow.includes('"Remember This"')) return remember(situation, situation.text, true);
  if (flow.includes('"Learn Skill from Selection"')) return say(draftSkill(situation.text, flow));
  for (const rule of RULES) {
    const match = rule.pattern.exec(situation.text);
    if (match) return rule.run(situation, match);
  }
  const isQuestion = situation.text.endsWith('?') && words(situation.text).length > 0;
  if (isQuestion && findLines(situation.text, situation.blocks).length > 0) {
    const found = findLines(situation.text, situation.blocks).slice(0, 5);
    const list = found.map(({ label, line }) => `- ${line.replace(/^[-*•]\s+/, '')} *(${label})*`).join('\n');
    return say(`I can't answer questions, but my memory has lines on this:\n\n${list}${FOOTER}`);
  }
  return say(INTRODUCTION);
}

/** What to say and call next. Deterministic: the same situation gives the same decision. */
export function decide(situation: Situation): Decision {
  const decision = answer(situation);
  const { partial } = situation;
  return partial !== '' && decision.text.startsWith(partial)
    ? { ...decision, text: decision.text.slice(partial.length) }
    : decision;
}
