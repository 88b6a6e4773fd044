// Populated states of the view, for looking at it and for its tests.

import type { AboutView, ModelView } from '../../src/protocol/about-views.ts';
import type { QuestionView, Todo } from '../../src/protocol/asking.ts';
import type { BlockView } from '../../src/protocol/memory-views.ts';
import type { SkillPreview, SkillView } from '../../src/protocol/skill-views.ts';
import type { Snapshot, ThreadView } from '../../src/protocol/thread-views.ts';
import type { AgentItem, ApprovalView, Item, UserItem } from '../../src/protocol/transcript-views.ts';

export const ABOUT: AboutView = {
  agentId: 'agent-1',
  agentName: 'Letta',
  homeLabel: 'Embedded home on this computer (workbench)',
  homeKind: 'embedded',
  model: 'demo/offline',
  demo: true,
  trusted: true,
  memoryTokens: 8_000,
  window: 128_000,
};

export const MODELS: ModelView[] = [
  { handle: 'demo/offline', name: 'Offline demo', provider: 'demo', contextWindow: 32_000, demo: true },
  { handle: 'ollama/qwen3:8b', name: 'qwen3:8b', provider: 'ollama', contextWindow: 40_960, demo: false },
  {
    handle: 'openrouter/anthropic/claude-sonnet',
    name: 'anthropic/claude-sonnet',
    provider: 'openrouter',
    contextWindow: null,
    demo: false,
  },
];

const DIFF = {
  path: 'src/retry.ts',
  unified: `--- a/src/retry.ts
+++ b/src/retry.ts
@@ -8,7 +8,9 @@
 export async function retry<T>(run: () => Promise<T>): Promise<T> {
-  for (let i = 0; i < 3; i++) {
+  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
     try {
       return await run();
     } catch (error) {
+      if (!isTransient(error)) throw error;
+      await delay(backoff(attempt));
     }
   }
`,
  added: 3,
  removed: 1,
};

export const APPROVAL: ApprovalView = {
  id: 'approval-1',
  threadId: 'conv-1',
  callId: 'call-edit-2',
  title: 'Edit src/retry.ts',
  detail: 'src/retry.ts',
  reason: 'Edits in the workspace ask in the mode Standard.',
  diff: DIFF,
  alwaysRule: 'Edit(src/retry.ts)',
};

export const PROTECTED_APPROVAL: ApprovalView = {
  id: 'approval-2',
  threadId: 'conv-1',
  callId: 'call-write-1',
  title: 'Write .vscode/tasks.json',
  detail: '.vscode/tasks.json',
  reason: 'Files in .vscode can run commands; they are asked about every time.',
};

export const QUESTION: QuestionView = {
  id: 'question-1',
  threadId: 'conv-1',
  callId: 'call-1',
  question: 'Tabs or spaces?',
  options: [{ label: 'Tabs', description: 'As in the rest of the code' }, { label: 'Spaces' }],
  multiple: false,
};

export const TODOS: Todo[] = [
  { content: 'Read it', status: 'completed' },
  { content: 'Mend it', status: 'in_progress' },
  { content: 'Test it', status: 'pending' },
];

const MARKDOWN = `Retries are in **one place** now. The loop in [retry.ts](src/retry.ts#L8) gives up early on errors that will not go away.

## What changed

1. \`isTransient\` decides by *reason*, not by message
2. The delay doubles, with jitter:
   - 100 ms at first
   - at most 2 s

\`\`\`ts
function backoff(attempt: number): number {
  return Math.min(2_000, 100 * 2 ** attempt) * (0.5 + Math.random());
}
\`\`\`

| case | before | now |
| :-- | --: | --: |
| 503 | 3 tries at once | 3 tries in 0.7 s |
| 401 | 3 tries | fails at once |

> The limit of three stays. See [the guide](https://example.com/retries).

- [x] tests
- [ ] changelog

![diagram](https://example.com/diagram.png) and <b>raw</b> HTML are text.
`;

const ANSWER: AgentItem = {
  kind: 'agent',
  id: 'answer-1',
  date: '2026-11-20T10:00:05Z',
  state: 'done',
  parts: [
    {
      type: 'reasoning',
      id: 'r1',
      text: 'The person wants retries that stop early. I look at **retry.ts** first, then at its callers.',
    },
    {
      type: 'tool',
      id: 'call-open',
      name: 'OpenFiles',
      title: 'List open files',
      state: 'done',
      input: '{}',
      output: 'src/retry.ts (active)\nsrc/client.ts',
    },
    {
      type: 'tool',
      id: 'call-read',
      name: 'Read',
      title: 'Read',
      target: 'src/retry.ts',
      state: 'done',
      input: '{\n  "path": "src/retry.ts"\n}',
      output: 'export async function retry…',
    },
    {
      type: 'tool',
      id: 'call-grep',
      name: 'Grep',
      title: 'Search',
      target: 'retry',
      state: 'done',
      input: '{\n  "pattern": "retry"\n}',
      output: 'src/client.ts\n3:import { retry }…',
      body: {
        kind: 'hits',
        places: [
          {
            name: 'src/client.ts',
            line: 3,
            text: "import { retry } from './retry.ts';",
            href: '/work/src/client.ts:3:10',
          },
          { name: '/lib/retry.d.ts', line: 1, text: 'export declare function retry' },
        ],
        more: 0,
      },
    },
    {
      type: 'tool',
      id: 'call-edit',
      name: 'Edit',
      title: 'Edit',
      target: 'src/retry.ts',
      state: 'done',
      input: '{\n  "path": "src/retry.ts"\n}',
      output: 'Applied.',
      diff: DIFF,
      problems: {
        added: ["src/client.ts: Cannot find name 'retryOnce'. ts(2304)"],
        removed: ["src/retry.ts: 'i' is declared but never read. ts(6133)"],
        settled: true,
      },
    },
    { type: 'text', id: 't1', text: MARKDOWN },
    {
      type: 'tool',
      id: 'call-memory',
      name: 'memory_replace',
      title: 'Update memory',
      target: 'conventions',
      state: 'done',
      input: '{}',
      memory: {
        label: 'conventions',
        before: '- Retry every failed request three times.',
        after: '- Retry transient errors only, three times, with back-off; never 4xx.',
      },
    },
    { type: 'text', id: 't2', text: 'I will keep to that from now on.' },
  ],
};

const user = (id: string, text: string): UserItem => ({ kind: 'user', id, text, date: '2026-11-20T10:00:00Z' });

export const ITEMS: Item[] = [
  user('user-1', 'Retry only what can succeed. Remember that we never retry 4xx.'),
  ANSWER,
  { kind: 'notice', id: 'notice-1', text: 'The model was changed to ollama/qwen3:8b.', date: '2026-11-20T10:02:00Z' },
  user('user-2', 'Now run the tests and read the log outside of the workspace.'),
  {
    kind: 'agent',
    id: 'answer-2',
    date: '2026-11-20T10:02:05Z',
    state: 'done',
    parts: [
      {
        type: 'tool',
        id: 'call-denied',
        name: 'Write',
        title: 'Write',
        target: 'packages/very/long/path/to/some/generated/file.config.test.ts',
        state: 'denied',
        input: '{}',
      },
      {
        type: 'tool',
        id: 'call-failed',
        name: 'Read',
        title: 'Read',
        target: '/var/log/build.log',
        state: 'failed',
        input: '{\n  "path": "/var/log/build.log"\n}',
        output: 'The path lies outside of the workspace.',
      },
      { type: 'text', id: 't3', text: 'I cannot read that file: it lies outside of the workspace.' },
    ],
  },
];

export const ended = (state: 'interrupted' | 'stopped' | 'failed'): Item[] => [
  ...ITEMS.slice(0, 1),
  {
    kind: 'agent',
    id: `answer-${state}`,
    date: '2026-11-20T10:00:05Z',
    state,
    parts: [{ type: 'text', id: 't1', text: 'The loop in `retry.ts` gives up after three tries, whatever the err' }],
    ...(state === 'failed'
      ? {
          failure: {
            message: 'The model endpoint refused the key (401).',
            hint: 'Check the key of the endpoint ollama with Letta: Connect a Model….',
            retry: true,
          },
        }
      : {}),
  },
];

export function manyItems(count: number): Item[] {
  return Array.from({ length: count }, (_, i) =>
    i % 2 === 0
      ? user(`user-${i}`, `Question ${i / 2}: what does part ${i} do?`)
      : { ...ANSWER, id: `answer-${i}`, parts: ANSWER.parts.map((part) => ({ ...part, id: `${part.id}-${i}` })) },
  );
}

export const snapshotOf = (items: Item[], more: Partial<Snapshot> = {}): Snapshot => ({
  threadId: 'conv-1',
  title: 'Retry only what can succeed',
  rev: 0,
  items,
  hasMore: false,
  running: false,
  approvals: [],
  ...more,
});

export const THREADS: ThreadView[] = [
  ['conv-3', 'Why is the parser slow?', '2026-11-18T08:00:00Z', false, false],
  ['conv-1', 'Retry only what can succeed', '2026-11-20T10:00:00Z', true, false],
  [
    'conv-2',
    'Move the configuration into one file and delete what nobody reads any more',
    '2026-11-19T10:00:00Z',
    false,
    true,
  ],
].map(([id, title, date, running, waiting]) => ({
  id: String(id),
  title: String(title),
  createdAt: String(date),
  updatedAt: String(date),
  running: running === true,
  waiting: waiting === true,
}));

export const BLOCKS: BlockView[] = [
  {
    id: 'block-persona',
    label: 'persona',
    description: 'Who the agent is and how it works with this person.',
    value: 'I am Letta. I answer briefly, show diffs before prose, and say when I am not sure.',
    limit: 4_000,
    readOnly: false,
  },
  {
    id: 'block-conventions',
    label: 'conventions',
    description: 'Rules for code here, with evidence.',
    value: '- Retry transient errors only, three times, with back-off; never 4xx.\n- Tests assert what a user sees.',
    limit: 6_000,
    readOnly: false,
    lastChange: {
      before: '- Retry every error three times.',
      after: '- Retry transient errors only, three times, with back-off; never 4xx.',
    },
  },
  {
    id: 'block-inbox',
    label: 'inbox',
    description: 'Notes word for word, not yet filed.',
    value: '',
    limit: 8_000,
    readOnly: false,
  },
];

export const SKILLS: SkillView[] = [
  {
    id: '/project/.agents/skills/add-route',
    name: 'add-route',
    description: 'How a route is added here: schema, handler, contract test.',
    scope: 'project',
    location: '.agents/skills/add-route',
    enabled: true,
    problems: [],
  },
  {
    id: '/home/me/.agents/skills/release',
    name: 'release',
    description: 'Cuts a release.',
    scope: 'computer',
    location: '~/.agents/skills/release',
    enabled: false,
    problems: [],
    shadowedBy: '.agents/skills/release',
  },
  {
    id: '/project/.claude/skills/Bad Name',
    name: 'Bad Name',
    description: '',
    scope: 'project',
    location: '.claude/skills/Bad Name',
    enabled: true,
    problems: ['The name has a space and capitals. Rename the folder and `name` to `bad-name`.', 'No description.'],
  },
];

/** As the host would say what the model sees of a skill. */
export function previewOf(skill: SkillView | undefined): SkillPreview {
  if (!skill || skill.problems.length > 0)
    return { why: 'What is wrong with it has to be mended first.', tokens: { entry: 0, body: 0 } };
  const { name, description, location, enabled } = skill;
  return {
    ...(enabled ? { entry: `${location}\n└── ${name}/SKILL.md (${description})` } : { why: 'It is switched off.' }),
    body: `Skill: ${name}\nSkill directory: ${location}\n\n# ${name}\n\n1. Do it.\n`,
    tokens: { entry: 24, body: 310 },
  };
}

/** One of each kind that the panel draws in its own way, and as many more as are wanted. */
export function manySkills(count: number): SkillView[] {
  const usage = { used: 6, succeeded: 3, corrected: 2, lastUsed: '2026-11-20T10:00:05Z' };
  const scripts = ['scripts/check.sh', 'scripts/gen.ts'];
  const more = Array.from({ length: count }, (_, n): SkillView => {
    const name = `skill-${n}`;
    const description = `Does the thing number ${n} as it is done here, with its test. Use when number ${n} is wanted or changed.`;
    const place = { scope: 'project' as const, location: `.agents/skills/${name}` };
    const tokens = { entry: 42, body: 310 + n };
    return { id: `/project/${name}`, name, description, ...place, enabled: true, problems: [], tokens, usage, scripts };
  });
  const [, , broken] = SKILLS;
  const kinds: SkillView[] = [
    { ...more[0], id: 'bundled:memory-hygiene', name: 'memory-hygiene', scope: 'bundled', location: 'memory-hygiene' },
    {
      ...more[0],
      id: '/agent/pack',
      name: 'pack-a-very-long-box-with-many-things',
      scope: 'agent',
      location: 'agent/pack',
    },
    { ...more[0], id: '/project/.skills/tidy.sh', name: 'tidy', bare: true, problems: ['A script alone is no skill.'] },
    { ...broken, id: '/project/mend', name: 'mend', fix: 'sets the name to mend' },
  ].map((kind) => ({ ...SKILLS[0], ...kind }) as SkillView);
  return [...SKILLS, ...kinds, ...more];
}
