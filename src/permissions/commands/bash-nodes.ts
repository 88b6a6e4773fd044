// What the reader of bash knows of the grammar's nodes, and whom it tells what it finds.
import type { Assignment, Folders, SyntaxNode, Word } from './syntax.ts';

/** A command as it stands in the line, wrappers and all. */
export interface Simple {
  words: readonly Word[];
  env: readonly Assignment[];
  folders: Folders;
  raw: string;
  /** What a here-document or here-string gives it to read; behind UNREAD where it is only known as it runs. */
  input?: string;
}

/** Who is told what was found. */
export interface Sink {
  command(simple: Simple): void;
  file(kind: 'read' | 'write', target: Word, folders: Folders): void;
  /** A variable that later commands of the same shell see. */
  assigned(assignment: Assignment, folders: Folders): void;
  /** The folder that a command leads to, as far as it is known. */
  moved(folders: Folders, target: Word | undefined): Folders;
  unclear(reason: string): void;
}

/** What needs no more than a look at what is inside. */
export const SEQUENCES = new Set([
  'program',
  'compound_statement',
  'if_statement',
  'elif_clause',
  'else_clause',
  'case_statement',
  'case_item',
  'negated_command',
  'do_group',
  'heredoc_redirect',
  'variable_assignments',
]);
export const LOOPS = new Set(['for_statement', 'c_style_for_statement', 'while_statement']);
/** Nothing in them is run, but their substitutions are. */
export const PASSIVE = new Set([
  'test_command',
  'unset_command',
  'comment',
  'heredoc_body',
  'heredoc_start',
  'heredoc_end',
]);
/** Words and sums: where they stand in a statement, only their substitutions run. */
export const VALUES =
  /^(?:word|number|string|raw_string|ansi_c_string|translated_string|concatenation|variable_name|simple_expansion|expansion|command_substitution|process_substitution|arithmetic_expansion|\w+_expression|test_operator|regex|extglob_pattern|subscript|file_descriptor|heredoc_content|brace_expression|array)$/;
export const REDIRECTS = new Set(['file_redirect', 'heredoc_redirect', 'herestring_redirect']);
/** Commands that take a word from outside into a variable, or change the shell itself. */
export const MOVES = new Set(['cd', 'chdir', 'pushd', 'popd', 'eval', 'source', '.', 'z', 'j']);

/** Words of the shells themselves that the grammar takes for programs in places. */
export const RESERVED = new Set([
  ...[
    'if',
    'then',
    'else',
    'elif',
    'fi',
    'for',
    'while',
    'until',
    'do',
    'done',
    'case',
    'esac',
    'select',
    'in',
    'function',
  ],
  ...['{', '}', '!', '[[', ']]', 'foreach', 'end', 'repeat', 'begin', 'switch', 'and', 'or', 'not'],
]);

export function holdsVariable(node: SyntaxNode): boolean {
  if (node.type === 'simple_expansion' || node.type === 'expansion') return true;
  return node.type !== 'command_substitution' && node.children.some(holdsVariable);
}

/** Whether something in it gives the variable another value. */
export function assigns(node: SyntaxNode, name: string): boolean {
  return node.children.some((child) => {
    if (child.type === 'variable_assignment' && child.text.startsWith(name)) return true;
    if (
      child.type === 'command' &&
      /^\s*(?:read|printf|mapfile|readarray|getopts|eval|source|\.|let)\s/.test(child.text)
    )
      return true;
    return child.type !== 'variable_name' && assigns(child, name);
  });
}

export function holdsShell(node: SyntaxNode): boolean {
  return /\b(?:ba|z|da|k|fi|a)?sh\b|\bpython|\bperl|\bruby|\bnode\b|\bxargs\b/.test(node.text);
}
