// Drafts a SKILL.md from selected code, by fixed rules.

function kebab(text: string): string {
  return text
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}

/** What the selection declares, in order, each once. */
function declared(code: string): string[] {
  const patterns = [
    /\b(?:function|class|interface|type|enum|struct|trait|def|fn|func|module|const|let|var)\s+([A-Za-z_$][\w$]*)/g,
    /\b(?:describe|suite|test|it)\s*\(\s*['"`]([^'"`\n]{1,80})['"`]/g,
  ];
  const found = patterns.flatMap((pattern) => [...code.matchAll(pattern)]);
  return [...new Set(found.toSorted((a, b) => a.index - b.index).map((match) => match[1] ?? ''))];
}

/** A valid SKILL.md. `reminder` is the flow's: it says where the selection stands and in which language. */
export function draftSkill(selection: string, reminder: string): string {
  const where = /selected lines (\d+ to \d+) of (.+?) \(([^()\n]*)\)/.exec(reminder);
  const path = where?.[2] ?? 'the selection';
  const file = (path.split(/[\\/]/).at(-1) ?? '').replace(/\.[^.]*$/, '');
  const names = declared(selection);
  const name =
    kebab([file, names[0] ?? ''].join(' '))
      .slice(0, 48)
      .replace(/-+$/, '') || 'from-selection';
  const isTest = /\b(test|spec)\b/i.test(path) || /\b(describe|it|test)\s*\(/.test(selection);
  const purpose = isTest ? 'Write a test in the way' : 'Write code in the way';
  const description = `${purpose} ${path} does it. Use it when you add something of the same kind.`.slice(0, 1000);
  const longest = Math.max(2, ...[...selection.matchAll(/`+/g)].map((match) => match[0].length));
  const fence = '`'.repeat(longest + 1);
  const parts = names.slice(0, 8).map((part) => `\`${part.replaceAll('`', '')}\``);
  return `---
name: ${name}
description: ${JSON.stringify(description)}
---

# ${name.replaceAll('-', ' ')}

> Drafted by the offline demo model, a program that follows fixed rules and understands no code. Read it before you keep it.

## When to use

When something like ${parts[0] ?? 'this selection'} is needed again.

## Steps

1. Start from the template below${where ? ` (${path}, lines ${where[1]})` : ''}.
2. Rename what it declares${parts.length > 0 ? `: ${parts.join(', ')}` : ''}.
3. Keep its structure, its order and its naming.

${fence}${where?.[3] ?? ''}
${selection}
${fence}

## Check

${isTest ? 'Run the new test: it fails without the change it covers and passes with it.' : 'Build the project, run its tests and look at the reported problems.'}
`;
}
