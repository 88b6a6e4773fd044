// The order in which an agent's tool rules let it use its tools (Letta API: tool rules).
import type { Agent, ToolRule } from '../store/agents.ts';
import type { Store } from '../store/store.ts';
import { plainText } from './render.ts';

/** A call of this turn that was carried out. */
export interface DoneCall {
  name: string;
  content: string;
}

export interface AllowedTools {
  names: ReadonlySet<string>;
  /** The model has to call one of them. */
  forced: boolean;
}

export const VIOLATION = '[ToolConstraintError]';
/** How far back a turn is read. */
const LOOKBACK = 200;

/** What rules say that bind the order; nothing where there are none of them. */
const ORDERING = new Set([
  ...['run_first', 'constrain_child_tools', 'conditional', 'parent_last_tool'],
  ...['max_count_per_step', 'required_before_exit'],
]);

const textsIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];

export function hasOrder({ toolRules }: Pick<Agent, 'toolRules'>): boolean {
  return toolRules.some(({ type }) => ORDERING.has(type));
}

/** The calls since the person spoke last, oldest first; also those that a compaction took out of the context. */
export function doneCalls(store: Store, owner: string): DoneCall[] {
  const done: DoneCall[] = [];
  const back = store.messages.list({ owner, agentId: undefined, descending: true, limit: LOOKBACK });
  for (const { body } of back.map(({ message }) => message)) {
    if (body.role === 'user') break;
    if (body.role !== 'tool') continue;
    const content = typeof body.content === 'string' ? body.content : plainText(body.content);
    if (!content.startsWith(VIOLATION)) done.unshift({ name: body.name, content });
  }
  return done;
}

/** What may be called next. Rules that leave nothing count as none: an agent must not get stuck. */
export function allowedTools(
  rules: readonly ToolRule[],
  available: readonly string[],
  done: readonly DoneCall[],
): AllowedTools {
  const first = rules.filter(({ type, tool_name }) => type === 'run_first' && available.includes(tool_name));
  if (done.length === 0 && first.length > 0)
    return { names: new Set(first.map(({ tool_name }) => tool_name)), forced: true };
  const sets = rules.map((rule) => nextBy(rule, available, done));
  const names = available.filter((name) => sets.every((set) => set === undefined || set.has(name)));
  const last = done.at(-1)?.name;
  const binds = ({ type, tool_name }: ToolRule) =>
    tool_name === last && (type === 'constrain_child_tools' || type === 'conditional' || type === 'parent_last_tool');
  if (names.length === 0) return { names: new Set(available), forced: false };
  return { names: new Set(names), forced: rules.some(binds) };
}

/** @returns undefined where the rule says nothing now */
function nextBy(
  rule: ToolRule,
  available: readonly string[],
  done: readonly DoneCall[],
): ReadonlySet<string> | undefined {
  const last = done.at(-1);
  const isLast = last?.name === rule.tool_name;
  const without = (names: readonly string[]) => new Set(available.filter((name) => !names.includes(name)));
  switch (rule.type) {
    case 'constrain_child_tools':
      return isLast ? new Set(textsIn(rule.children)) : undefined;
    case 'parent_last_tool':
      return isLast ? new Set(textsIn(rule.children)) : without(textsIn(rule.children));
    case 'conditional':
      return isLast ? byOutput(rule, last.content) : undefined;
    case 'max_count_per_step': {
      const limit = typeof rule.max_count_limit === 'number' ? rule.max_count_limit : Number.POSITIVE_INFINITY;
      const times = done.filter(({ name }) => name === rule.tool_name).length;
      return times >= limit ? without([rule.tool_name]) : undefined;
    }
    default:
      return undefined;
  }
}

function byOutput(rule: ToolRule, output: string): ReadonlySet<string> | undefined {
  const mapping = typeof rule.child_output_mapping === 'object' ? Object.entries(rule.child_output_mapping ?? {}) : [];
  const matched = mapping.find(([key]) => key.toLowerCase() === output.trim().toLowerCase());
  if (matched) return new Set(textsIn([matched[1]]));
  if (rule.require_output_mapping === true) return new Set();
  return typeof rule.default_child === 'string' ? new Set([rule.default_child]) : undefined;
}

/** Tools that the turn must have used before it may end. */
export function stillRequired(
  rules: readonly ToolRule[],
  available: readonly string[],
  done: readonly string[],
): string[] {
  return rules
    .filter(({ type, tool_name }) => type === 'required_before_exit' && available.includes(tool_name))
    .map(({ tool_name }) => tool_name)
    .filter((name) => !done.includes(name));
}

/** The rules in words, for the prompt; empty where there are none that concern it. */
export function rulesText(rules: readonly ToolRule[]): string {
  const lines = rules.flatMap((rule) => {
    const said = inWords(rule);
    return said === undefined ? [] : [`<tool_rule>\n${said}\n</tool_rule>`];
  });
  if (lines.length === 0) return '';
  return ['<tool_usage_rules>', 'Rules for the order in which tools are used:', ...lines, '</tool_usage_rules>'].join(
    '\n',
  );
}

function inWords(rule: ToolRule): string | undefined {
  const name = rule.tool_name;
  switch (rule.type) {
    case 'run_first':
      return `${name} must be called first.`;
    case 'constrain_child_tools':
      return `After ${name}, one of these must be called: ${textsIn(rule.children).join(', ')}`;
    case 'parent_last_tool':
      return `${textsIn(rule.children).join(', ')} can only be called right after ${name}.`;
    case 'conditional':
      return `The result of ${name} decides which tool comes next.`;
    case 'max_count_per_step':
      return `${name} can be called at most ${rule.max_count_limit} times in a response.`;
    case 'exit_loop':
      return `${name} ends the response.`;
    case 'required_before_exit':
      return `${name} must be called before the response ends.`;
    default:
      return undefined;
  }
}
