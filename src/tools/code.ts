// Code: what VS Code's language services know of symbols.
import * as z from 'zod/mini';
import { codeOperations } from '../editor/language.ts';
import type { CodeDependencies } from './code-run.ts';
import { guarded, readPaths } from './support.ts';
import type { Tool } from './tool.ts';

const Input = z.object({
  operation: z.enum(codeOperations),
  path: z.optional(z.string()),
  symbol: z.optional(z.string().check(z.describe('A name in the file'))),
  line: z.optional(z.int().check(z.minimum(1), z.describe('Its line, if the name is not enough'))),
  query: z.optional(z.string()),
});
type CodeInput = z.infer<typeof Input>;

export function codeTool(deps: CodeDependencies): Tool<CodeInput> {
  return {
    name: 'Code',
    description:
      'Asks the language servers. All but workspaceSymbols need path; those about one symbol need symbol too.',
    input: Input,
    title: ({ operation, path, symbol, query }) => {
      const target = query ?? [symbol, path].filter((part) => part !== undefined).join(' in ');
      return { title: `Code ${operation}`, ...(target === '' ? {} : { target }) };
    },
    access: ({ path }) => ({ kind: 'read', paths: readPaths(deps.editor, path) }),
    run: (input, { signal }) =>
      guarded(async () => {
        const { runCode } = await import('./code-run.ts');
        return runCode(deps, input, signal);
      }),
  };
}
