// Traces: which lines, blocks, skills and messages may stand behind an answer or a symptom, opened as a document.
import { isAbsolute } from 'node:path';
import type * as vscode from 'vscode';
import type { Asked } from './chat/home.ts';
import { trace } from './flows/trace.ts';
import { day, type Piece, type Provenance, traceDocument } from './flows/trace-document.ts';
import type { Inspector } from './inspector.ts';
import { lineHash } from './memory/line-hash.ts';
import type { SkillLibrary } from './native/skill-library.ts';
import { TraceView } from './native/trace-view.ts';
import { plural, t } from './protocol/l10n.ts';
import type { BlockView } from './protocol/memory-views.ts';
import type { AgentItem } from './protocol/transcript-views.ts';

export interface AnswerTracesDeps {
  inspector(): Promise<Inspector>;
  skills(): Promise<SkillLibrary>;
  blocks(): Promise<BlockView[]>;
  /** Of all threads. */
  titles(): Promise<Map<string, string>>;
}

/** What a receipt says. */
export interface GivenWith {
  id: string;
  at: string;
  model: string;
  blocks: readonly { id: string; label: string; value: string }[];
}

/** What of a long message is searched for, in characters. */
const QUESTION = 1_000;
const ANSWER = 4_000;
const QUERY = 300;
/** A line that was found comes shortened. */
const LINE = 299;
/** Servers count messages in whole seconds. */
const CLOCK_MS = 2_000;

export class AnswerTraces implements vscode.Disposable {
  private readonly deps: AnswerTracesDeps;
  private readonly view = new TraceView();

  constructor(deps: AnswerTracesDeps) {
    this.deps = deps;
  }

  dispose(): void {
    this.view.dispose();
  }

  /** @param used names of skills @param receipt null where none was kept: memory is then shown as it is */
  async why({ question, answer, threadId }: Asked, used: readonly string[], receipt: GivenWith | null): Promise<void> {
    const now = await this.deps.blocks();
    const blocks = receipt
      ? receipt.blocks.map((then) => ({ ...EMPTY, ...now.find(({ id }) => id === then.id), ...then }))
      : now;
    const target = { kind: 'message' as const, threadId, messageId: question.id };
    const given: Piece[][] = blocks.map(({ id, label, value }) => [
      { text: label, target: { kind: 'block', label } },
      `, ${[plural(value.length, '{0} character', '{0} characters'), ...stillSo(now, id, value)].join(', ')} \`${id}\``,
    ]);
    const skills = (await (await this.deps.skills()).views()).filter(({ name }) => used.includes(name));
    await this.trace({
      title: t('Why did you do that?'),
      about: [
        [`${t('You asked')} `, { text: `“${short(question.text)}”`, target }, ` \`${question.id}\``],
        [''],
        [
          receipt
            ? `${t('{0}, model {1}, receipt {2}', day(receipt.at), `\`${receipt.model}\``, `\`${receipt.id}\``)}`
            : NO_RECEIPT,
        ],
      ],
      facts: [
        { heading: receipt ? t('Memory it was given') : t('Memory as it is now'), lines: given },
        { heading: t('Skills it used'), lines: used.map((name): Piece[] => [this.linked(name, skills)]) },
        { heading: t('What it did'), lines: answer.parts.flatMap((part) => actOf(part)) },
      ],
      symptom: `${question.text.slice(0, QUESTION)}\n${wordsIn(answer).slice(0, ANSWER)}`,
      query: question.text.slice(0, QUERY),
      blocks,
      skills,
      // The question and its answer explain nothing, and what came later neither.
      before: { threadId, date: question.date },
    });
  }

  /** `/doctor <symptom>`. */
  async symptom(text: string): Promise<void> {
    const skills = (await (await this.deps.skills()).views()).filter(({ enabled }) => enabled);
    await this.trace({
      title: t('Doctor: what may stand behind it'),
      about: [[`“${short(text)}”`]],
      facts: [],
      symptom: text,
      query: text.slice(0, QUERY),
      blocks: await this.deps.blocks(),
      skills,
    });
  }

  private async trace(wanted: {
    title: string;
    about: Piece[][];
    facts: { heading: string; lines: Piece[][] }[];
    symptom: string;
    query: string;
    blocks: BlockView[];
    skills: readonly { id: string; name: string; description: string }[];
    before?: { threadId: string; date: string };
  }): Promise<void> {
    const inspector = await this.deps.inspector();
    const { blocks, skills, before } = wanted;
    await inspector.observe();
    const titles = new Map<string, string>();
    const hits = await trace(
      wanted.symptom,
      {
        blocks: async () => blocks,
        skills: async () => skills.map(({ id, name, description }) => ({ id, name, text: description })),
        searchMessages: async (_query, limit) => {
          const found = (await inspector.search(wanted.query)).flatMap(
            ({ kind, threadId, messageId, title, text, at = '' }) => {
              if (kind !== 'message' || !threadId || !messageId) return [];
              if (threadId === before?.threadId && Date.parse(at) >= Date.parse(before.date) - CLOCK_MS) return [];
              titles.set(threadId, title);
              return [{ id: messageId, threadId, text, date: at }];
            },
          );
          return found.slice(0, limit);
        },
      },
      new AbortController().signal,
    );
    const known = await this.provenance(
      inspector,
      new Set(hits.flatMap((hit) => (hit.kind === 'line' ? [hit.id] : []))),
    );
    await this.view.show(
      traceDocument({
        title: wanted.title,
        about: wanted.about,
        facts: wanted.facts,
        hits,
        provenance: ({ id, text }) => known.get(`${id}\n${lineHash(text.trim().slice(0, LINE))}`) ?? 'gone',
        skillPath,
        threadTitle: (threadId) => titles.get(threadId),
      }),
    );
  }

  /** Who wrote the lines that stand in these blocks now. */
  private async provenance(inspector: Inspector, blockIds: ReadonlySet<string>): Promise<Map<string, Provenance>> {
    const known = new Map<string, Provenance>();
    const titles = await this.deps.titles();
    for (const blockId of blockIds) {
      for (const { text, revision } of await inspector.timeline.lines(blockId)) {
        known.set(`${blockId}\n${lineHash(text.trim().slice(0, LINE))}`, {
          revisionId: revision.id,
          author: AUTHORS[revision.author],
          at: revision.at,
          threadId: revision.threadId,
          threadTitle: revision.threadId && titles.get(revision.threadId),
          messageId: revision.cause?.messageId ?? revision.messageId,
          quote: revision.cause && short(revision.cause.text),
        });
      }
    }
    return known;
  }

  private linked(name: string, skills: readonly { id: string; name: string }[]): Piece {
    const skill = skills.find((each) => each.name === name);
    const path = skill && skillPath(skill.id);
    return path === undefined ? name : { text: name, target: { kind: 'file', path } };
  }
}

/** Undefined for a bundled one, whose id is no folder. */
const skillPath = (id: string): string | undefined => (isAbsolute(id) ? `${id}/SKILL.md` : undefined);

const AUTHORS = {
  agent: t('the agent'),
  person: t('you'),
  reflection: t('reflection'),
  elsewhere: t('somebody whom this extension did not see'),
} as const;

const NO_RECEIPT = t('No receipt was kept of this answer: memory is shown as it is now.');

const EMPTY: BlockView = { id: '', label: '', description: '', value: '', limit: 0, readOnly: false };

const short = (text: string): string => (text.length > 200 ? `${text.slice(0, 199)}…` : text);

function stillSo(now: readonly BlockView[], id: string, value: string): string[] {
  const current = now.find((block) => block.id === id);
  if (!current) return [t('gone since')];
  return current.value === value ? [] : [t('changed since')];
}

type Part = AgentItem['parts'][number];

/** What the answer says and touches, to be looked for. */
const wordsIn = ({ parts }: AgentItem): string =>
  parts
    .map((part) =>
      part.type === 'text' ? part.text : part.type === 'tool' ? `${part.target ?? ''} ${part.memory?.after ?? ''}` : '',
    )
    .join('\n');

function actOf(part: Part): Piece[][] {
  if (part.type !== 'tool') return [];
  return [[`${[part.title, part.target].filter(Boolean).join(' ')}: ${part.state} \`${part.id}\``]];
}
