// Reads the parser's tree of a PowerShell command line: every command in it, script blocks and substitutions included.
import { t } from '../../protocol/l10n.ts';
import type { Sink } from './bash-nodes.ts';
import { computed, type Folders, literal, type SyntaxNode, UNKNOWN_FOLDER, type Word } from './syntax.ts';

/**
 * The text as the grammar can read it: it knows neither `--flag=value` nor a bare `--`, which programs from elsewhere use.
 * In quotes they mean the same.
 */
export function powerShellText(text: string): string {
  if (/@['"]|#/.test(text)) return text;
  return text.replace(
    /'[^']*'|"(?:[^"`]|`[\s\S])*"|(?<=\s)(--?[A-Za-z][\w-]*=[\w./:@%+-]*|--)(?=[\s;|)]|$)/g,
    (whole: string, flag?: string) => (flag === undefined ? whole : `'${flag}'`),
  );
}

/** What may hold commands and does nothing by itself. */
const HARMLESS = new Set([
  ...[
    'program',
    'statement_list',
    'statement_block',
    'pipeline',
    'pipeline_chain',
    'pipeline_chain_tail',
    'empty_statement',
  ],
  ...[
    'if_statement',
    'elseif_clauses',
    'elseif_clause',
    'else_clause',
    'while_statement',
    'while_condition',
    'for_statement',
  ],
  ...[
    'for_initializer',
    'for_condition',
    'for_iterator',
    'foreach_statement',
    'do_statement',
    'try_statement',
    'catch_clauses',
  ],
  ...[
    'catch_clause',
    'catch_type_list',
    'finally_clause',
    'switch_statement',
    'switch_condition',
    'switch_body',
    'switch_clauses',
  ],
  ...[
    'switch_clause',
    'switch_clause_condition',
    'function_statement',
    'function_name',
    'script_block',
    'script_block_body',
  ],
  ...[
    'script_block_expression',
    'named_block_list',
    'named_block',
    'param_block',
    'parameter_list',
    'script_parameter',
    'flow_control_statement',
  ],
  ...[
    'logical_expression',
    'bitwise_expression',
    'comparison_expression',
    'additive_expression',
    'multiplicative_expression',
  ],
  ...[
    'format_expression',
    'range_expression',
    'array_literal_expression',
    'unary_expression',
    'expression_with_unary_operator',
  ],
  ...[
    'parenthesized_expression',
    'sub_expression',
    'array_expression',
    'hash_literal_expression',
    'hash_literal_body',
    'hash_entry',
  ],
  ...[
    'key_expression',
    'string_literal',
    'expandable_string_literal',
    'verbatim_string_characters',
    'integer_literal',
    'real_literal',
  ],
  ...[
    'decimal_integer_literal',
    'hexadecimal_integer_literal',
    'expandable_here_string_literal',
    'verbatim_here_string_characters',
  ],
  ...[
    'variable',
    'member_access',
    'member_name',
    'simple_name',
    'element_access',
    'comparison_operator',
    'format_operator',
  ],
  ...[
    'file_redirection_operator',
    'merging_redirection_operator',
    'command_argument_sep',
    'comment',
    'label',
    'type_literal',
    'type_spec',
  ],
  ...[
    'type_name',
    'type_identifier',
    'cast_expression',
    'switch_parameters',
    'switch_parameter',
    'braced_variable',
    'attribute_list',
  ],
]);

const PREFERENCES =
  /^\$(?:ErrorActionPreference|ProgressPreference|VerbosePreference|WarningPreference|LASTEXITCODE)$/i;

export function readPowerShell(root: SyntaxNode, folders: Folders, sink: Sink): void {
  new PowerShellReader(sink, folders).node(root);
}

class PowerShellReader {
  private readonly sink: Sink;
  private folders: Folders;

  constructor(sink: Sink, folders: Folders) {
    this.sink = sink;
    this.folders = folders;
  }

  node(node: SyntaxNode): void {
    if (!node.isNamed) return;
    if (node.type === 'command') {
      this.command(node);
      return;
    }
    if (node.type === 'assignment_expression') {
      this.assignment(node);
      return;
    }
    if (node.type === 'invokation_expression') this.code(node);
    else if (node.type === 'command_name' || node.type === 'generic_token') return;
    else if (!HARMLESS.has(node.type)) this.sink.unclear(t('It holds what is not understood ({0}).', node.type));
    // A cast can make a script of a text, or load a type.
    if (node.type === 'cast_expression') this.code(node);
    for (const child of node.children) this.node(child);
  }

  /** Methods of .NET can do anything: a text that is not read. */
  private code(node: SyntaxNode): void {
    this.sink.command({ words: [literal('.net'), literal(node.text)], env: [], folders: this.folders, raw: node.text });
  }

  private assignment(node: SyntaxNode): void {
    const [left, ...rest] = node.children.filter((child) => child.isNamed && child.type !== 'assignement_operator');
    const name = left?.text.trim() ?? '';
    const environment = /^\$\{?env:([\w()]+)\}?$/i.exec(name)?.[1];
    for (const child of rest) this.node(child);
    if (environment !== undefined) {
      const value = rest[0]?.text.trim() ?? '';
      const text = /^'([^']*)'$|^"([^"$`]*)"$|^(\d+)$/.exec(value);
      const word = text ? literal(text[1] ?? text[2] ?? text[3] ?? '') : computed(value);
      this.sink.assigned({ name: environment.toUpperCase(), value: word }, this.folders);
    } else if (!/^\$\w+$/.test(name) && !PREFERENCES.test(name)) this.code(node);
  }

  private command(node: SyntaxNode): void {
    const invoked = node.children.some((child) => child.type === 'command_invokation_operator');
    const words: Word[] = [];
    for (const child of node.children) {
      if (child.type === 'command_name') words.push(this.name(child.text));
      else if (child.type === 'command_name_expr') {
        const [inner] = child.children;
        // `& { … }`: its commands are all there is.
        if (inner?.type === 'script_block_expression') {
          this.block(node, inner);
          return;
        }
        words.push(this.word(child));
      } else if (child.type === 'foreach_command') {
        const blocks = child.children.filter(({ isNamed }) => isNamed);
        words.push(literal('foreach-object'), ...blocks.map((block) => this.word(block)));
      } else if (child.type === 'command_elements') words.push(...this.elements(child));
      else if (child.isNamed && child.type !== 'command_invokation_operator') this.node(child);
    }
    if (words.length === 0) {
      this.sink.unclear(t('It runs something without a name.'));
      return;
    }
    const operator = node.children.find((child) => child.type === 'command_invokation_operator')?.text;
    const sourced = invoked && operator === '.' ? [literal('.'), ...words] : words;
    this.sink.command({ words: sourced, env: [], folders: this.folders, raw: node.text });
    this.move(words);
  }

  private block(node: SyntaxNode, block: SyntaxNode): void {
    this.node(block);
    for (const child of node.children) if (child.type === 'command_elements') this.elements(child);
  }

  private name(text: string): Word {
    // A backtick escapes within a name, too.
    return /[`$()]/.test(text) ? computed(text) : { values: [text], raw: text, glob: /[*?[]/.test(text) };
  }

  private move(words: readonly Word[]): void {
    const name = words[0]?.values?.[0]?.toLowerCase() ?? '';
    if (!/^(?:cd|chdir|sl|set-location|pushd|push-location|popd|pop-location)$/.test(name)) return;
    const rest = words.slice(1).filter((word) => !/^-(?:path|literalpath)$/i.test(word.values?.[0] ?? ''));
    const to = /^(?:cd|chdir|sl|set-location)$/.test(name) && rest.length === 1 ? rest[0] : undefined;
    const moved = to ? this.sink.moved(this.folders, to) : [UNKNOWN_FOLDER];
    this.folders = [...new Set([...this.folders, ...moved])];
  }

  private elements(node: SyntaxNode): Word[] {
    const words: Word[] = [];
    let end = -1;
    for (const child of node.children) {
      if (child.type === 'command_argument_sep') {
        end = -1;
        // `-Path:value`: a word of its own here.
        continue;
      }
      if (!child.isNamed) continue;
      if (child.type === 'redirection') this.redirection(child);
      else if (child.type === 'stop_parsing') this.sink.unclear(t('It holds words that PowerShell does not read.'));
      else if (child.startIndex === end) {
        const before = words.pop();
        words.push(computed(`${before?.raw ?? ''}${child.text}`));
        this.node(child);
      } else words.push(this.word(child));
      end = child.endIndex;
    }
    return words;
  }

  private redirection(node: SyntaxNode): void {
    const target = node.children.find((child) => child.type === 'redirected_file_name');
    const sign = node.children.find((child) => child.type === 'file_redirection_operator')?.text ?? '>';
    if (target === undefined) return;
    const value = target.children.find((child) => child.isNamed && child.type !== 'command_argument_sep');
    const word = value ? this.word(value) : computed(target.text);
    this.sink.file(sign === '<' ? 'read' : 'write', word, this.folders);
  }

  private word(node: SyntaxNode): Word {
    const text = node.text;
    if (node.type === 'command_parameter') return literal(text);
    if (node.type === 'command_name' || node.type === 'generic_token') return this.name(text);
    const [block] = blocksOf(node);
    this.node(node.type === 'command_name_expr' ? (node.children[0] ?? node) : node);
    // What stands in a block is judged by itself.
    if (block !== undefined && block.text === text) return { values: ['{…}'], raw: text, glob: false };
    const single = /^'((?:[^']|'')*)'$/.exec(text)?.[1];
    if (single !== undefined) return { values: [single.replaceAll("''", "'")], raw: text, glob: false };
    const double = /^"([^"$`]*)"$/.exec(text)?.[1];
    if (double !== undefined) return { values: [double], raw: text, glob: false };
    if (/^[\w.,-]+$/.test(text)) return { values: [text], raw: text, glob: false };
    return computed(text);
  }
}

function blocksOf(node: SyntaxNode): SyntaxNode[] {
  if (node.type === 'script_block_expression') return [node];
  return node.children.flatMap(blocksOf);
}
