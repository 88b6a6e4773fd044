// The system message and the skills list, to the letter: clients and prompt caches depend on it.
import { expect, test } from 'vitest';
import { compileSystem, type PromptParts, renderSkills } from '../../../src/server/engine/prompt.ts';

const parts: PromptParts = {
  system: 'Base.',
  blocks: [
    { label: 'human', description: 'The person.', value: 'Costs $& and $1', limit: 100, readOnly: false },
    { label: 'team/rules', description: null, value: '', limit: 5, readOnly: true },
  ],
  agentId: 'agent-1',
  conversationId: 'conv-1',
  recompiledAt: Date.UTC(2026, 10, 21, 15, 4, 5),
  timezone: 'UTC',
  recallCount: 3,
  archivalCount: 2,
  archivalTags: ['a', 'b'],
};

const memory = `<memory_blocks>
The following memory blocks are currently engaged in your core memory unit:

<human>
<description>
The person.
</description>
<metadata>
- chars_current=15
- chars_limit=100
</metadata>
<value>
Costs $& and $1
</value>
</human>

<team/rules>
<description>

</description>
<metadata>
- read_only=true
- chars_current=0
- chars_limit=5
</metadata>
<value>

</value>
</team/rules>
</memory_blocks>

<memory_metadata>
- AGENT_ID: agent-1
- CONVERSATION_ID: conv-1
- System prompt last recompiled: 2026-11-21 03:04:05 PM UTC+0000
- 3 previous messages between you and the user are stored in recall memory (use tools to access them)
- 2 total memories you created are stored in archival memory (use tools to access them)
- Available archival memory tags: a, b
</memory_metadata>`;

test('memory follows the system text after a blank line', () => {
  expect(compileSystem(parts)).toBe(`Base.\n\n${memory}`);
});

test('memory takes the place of {CORE_MEMORY}, with no meaning for $ patterns', () => {
  expect(compileSystem({ ...parts, system: 'Before {CORE_MEMORY} after' })).toBe(`Before ${memory} after`);
});

test('without blocks and archive, only the metadata is there', () => {
  const text = compileSystem({ ...parts, blocks: [], archivalCount: 0, archivalTags: [] });
  expect(text).not.toContain('memory_blocks');
  expect(text).not.toContain('archival');
});

test('times are in the timezone of the agent; an unknown one counts as UTC', () => {
  expect(compileSystem({ ...parts, timezone: 'Asia/Kolkata' })).toContain('2026-11-21 08:34:05 PM UTC+0530');
  expect(compileSystem({ ...parts, timezone: 'Mars/Base' })).toContain('03:04:05 PM UTC+0000');
});

test('skills are listed by folder, in the same order whatever order they come in', () => {
  const skills = [
    { name: 'b', description: 'Second.\nMore.', location: '/w/.agents/skills/b/SKILL.md' },
    { name: 'a', description: 'First.', location: '/w/.agents/skills/a/SKILL.md' },
    { name: 'home', description: 'Mine.', location: 'C:\\Users\\me\\.agents\\skills\\home\\SKILL.md' },
  ];
  const listed = renderSkills(skills);
  expect(renderSkills(skills.toReversed())).toBe(listed);
  expect(listed).toBe(
    [
      '<available_skills>',
      '/w/.agents/skills',
      '├── a/SKILL.md (First.)',
      '└── b/SKILL.md (Second.)',
      '',
      'C:/Users/me/.agents/skills',
      '└── home/SKILL.md (Mine.)',
      '</available_skills>',
    ].join('\n'),
  );
  expect(renderSkills([])).toBe('');
  // A name that comes twice: the first one counts, wherever it lies.
  const again = { name: 'a', description: 'Again.', location: '/a/a/SKILL.md' };
  expect(renderSkills([...skills, again])).toBe(listed);
});
