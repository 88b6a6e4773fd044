// Claims about tasks that programs of a framework run: `mix precommit`, `rake members:import`, `fastlane beta`, `./gradlew checkAll`.
import { absent, type Evidence, type Outcome, supported } from './facts.ts';
import type { LineText } from './line-text.ts';
import { lineAt } from './mask.ts';
import { projectOf } from './project.ts';
import { baseName, type Workspace } from './workspace.ts';

interface Task extends Evidence {
  name: string;
}

interface Runner {
  /** With the task's name as its only group. */
  command: RegExp;
  /** What the program brings itself. */
  own: RegExp;
  tasks(workspace: Workspace): Promise<Task[]>;
  /** Packages add tasks: one whose first part stands in the workspace may be theirs. */
  plugins?: boolean;
  /** Nothing else is written so. */
  sure?: boolean;
}

/** All matches of a pattern, with the name in its first group that holds one. */
async function named(workspace: Workspace, files: RegExp, pattern: RegExp): Promise<Task[]> {
  const found: Task[] = [];
  for (const path of (await workspace.files()).filter((file) => files.test(file))) {
    const text = (await workspace.text(path)) ?? '';
    for (const match of text.matchAll(pattern)) {
      const name = match.slice(1).find((each) => each !== undefined);
      if (name !== undefined) found.push({ name, path, line: lineAt(text, match.index + match[0].search(/\S/)) });
    }
  }
  return found;
}

/** Tasks of Ruby stand in namespaces. */
async function rakeTasks(workspace: Workspace): Promise<Task[]> {
  const found: Task[] = [];
  for (const path of (await workspace.files()).filter((file) => /\.rake$|(?:^|\/)Rakefile$/.test(file))) {
    const open: { name: string; indent: number }[] = [];
    for (const [index, row] of ((await workspace.text(path)) ?? '').split('\n').entries()) {
      const indent = row.search(/\S/);
      const space = /^\s*namespace\s+[:"'](\w+)/.exec(row)?.[1];
      const task = /^\s*(?:multi)?task\s*\(?\s*(?:[:"'](\w+)|(\w+):\s)/.exec(row);
      if (/^\s*end\b/.test(row) && open.at(-1)?.indent === indent) open.pop();
      if (space !== undefined) open.push({ name: space, indent });
      if (task)
        found.push({
          name: [...open.map(({ name }) => name), task[1] ?? task[2] ?? ''].join(':'),
          path,
          line: index + 1,
        });
    }
  }
  return found;
}

async function mixTasks(workspace: Workspace): Promise<Task[]> {
  const aliases = (await projectOf(workspace)).scripts.filter(({ runner }) => runner === 'mix');
  const files = (await workspace.files()).flatMap((path) => {
    const name = /(?:^|\/)lib\/mix\/tasks\/(.+)\.ex$/.exec(path)?.[1];
    return name === undefined ? [] : [{ name: name.replaceAll('/', '.'), path, line: 1 }];
  });
  return [...aliases, ...files];
}

const RUNNERS: readonly Runner[] = [
  {
    command: /(?<![\w./-])mix\s+([a-z][\w]*(?:\.[a-z]\w*)*)/g,
    own: /^(?:app\.\w+|archive\b.*|clean|cmd|compile\b.*|deps\b.*|do|escript\b.*|eval|format|help|hex\b.*|local\b.*|loadpaths|loadconfig|new|profile\b.*|release\b.*|run|test\b.*|xref|phx|phx\.(?:new|gen\.\w+(?:\.\w+)*|routes|server|digest|digest\.clean)|ecto|ecto\.(?:create|drop|dump|gen\.\w+|load|migrate|migrations|rollback))$/,
    tasks: mixTasks,
    plugins: true,
  },
  {
    command:
      /(?<![\w./-])(?:bundle\s+exec\s+)?(?:(?:bin\/)?rake|(?:bin\/)?rails)\s+([a-z]\w*(?::\w+)+)(?:\[[^\]\n]*\])?/g,
    own: /^(?:db|assets|test|log|tmp|zeitwerk|active_storage|action_mailbox|action_text|app|credentials|dev|cache_digests|time|importmap|stimulus|turbo|tailwindcss|solid_\w+|spec|yarn|webpacker|javascript|css|railties|stats|secrets|encrypted):/,
    tasks: rakeTasks,
    plugins: true,
  },
  {
    command: /(?<![\w./-])(?:bundle\s+exec\s+)?fastlane\s+(?:android\s+|ios\s+|mac\s+)?([a-z]\w*)/g,
    own: /^(?:android|ios|mac|init|lanes|list|actions?|run|match|supply|deliver|scan|gym|snapshot|sigh|pem|cert|produce|pilot|precheck|screengrab|env|docs?|update\w*|is|lanes?|and|for|with|to|in)$/,
    tasks: (workspace) => named(workspace, /(?:^|\/)Fastfile\w*$/, /^\s*(?:private_)?lane\s+:(\w+)/gm),
  },
  {
    command: /(?<![\w./-])\.?\/?gradlew?\s+(?:-\S+\s+)*((?::[\w-]+)*:?[a-z]\w*)/g,
    own: /^(?:assemble|build|bundle|check|clean|compile|connected|components|dependenc|dependents|generate|help|init|install|jar|javadoc|lint|merge|model|package|pre|process|projects|properties|publish|run|signing|sources|stop|tasks|test|uninstall|war|wrapper|wrapped|at|is|for|and|in|to)[A-Z\d]?/,
    tasks: (workspace) =>
      named(
        workspace,
        /\.gradle(?:\.kts)?$/,
        /\b(?:tasks\.(?:register|create|named)(?:<[^>\n]*>)?\(\s*["'](\w+)|task\s+["']?(\w+)|val\s+(\w+)\s+by\s+tasks\b)/g,
      ),
    plugins: true,
    sure: true,
  },
  {
    command: /(?<![\w./-])php\s+artisan\s+([a-z][\w-]*(?::[\w-]+)*)/g,
    own: /^(?:about|auth|breeze|cache|channel|clear-compiled|completion|config|db|docs|down|env|event|help|horizon|inspire|install|invoke-serialized-closure|key|lang|list|make|migrate|model|notifications|octane|optimize|package|passport|pennant|pulse|queue|reverb|route|sail|sanctum|schedule|schema|scout|serve|session|storage|stub|telescope|test|tinker|ui|up|vendor|view)(?::|$)/,
    tasks: (workspace) =>
      named(
        workspace,
        /\.php$/,
        /\$signature\s*=\s*["']([\w:-]+)|Artisan::command\(\s*["']([\w:-]+)|AsCommand\(\s*(?:name:\s*)?["']([\w:-]+)/g,
      ),
    plugins: true,
  },
  {
    command: /(?<![\w./-])(?:php\s+)?(?:bin\/)console\s+([a-z][\w-]*(?::[\w-]+)+)/g,
    own: /^(?:about|asset-map|assets|cache|config|dbal|debug|doctrine|error|importmap|lint|mailer|make|messenger|router|secrets|security|sass|tailwind|translation|uid|validator|workflow):/,
    tasks: (workspace) =>
      named(workspace, /\.php$/, /AsCommand\(\s*(?:name:\s*)?["']([\w:-]+)|\$defaultName\s*=\s*["']([\w:-]+)/g),
    plugins: true,
  },
  {
    command:
      /(?<![\w./-])docker[ -]compose\s+(?:-\S+\s+(?:[\w./-]+\.ya?ml\s+)?)*(?:up|run|exec|logs|restart|build)\s+(?:--?[\w-]+\s+)*([a-z][\w-]*)/g,
    own: /^(?:and|or|to|in|for|with|from|the|before|after|then|first|is|starts|brings|again|once)$/,
    tasks: async (workspace) => {
      const found: Task[] = [];
      for (const path of (await workspace.files()).filter((file) => /compose[\w.-]*\.ya?ml$/.test(file)))
        for (const { key, line } of await workspace.settings(path))
          if (key[0] === 'services' && key[1] !== undefined) found.push({ name: key[1], path, line });
      return found;
    },
  },
];

export interface TaskMention {
  start: number;
  end: number;
}

/** Also where the commands stand, so that no other check reads their words. */
export async function checkTasks(
  line: LineText,
  workspace: Workspace,
): Promise<{ outcomes: Outcome[]; mentions: TaskMention[] }> {
  const outcomes: Outcome[] = [];
  const mentions: TaskMention[] = [];
  if (line.idle) return { outcomes, mentions };
  for (const runner of RUNNERS) {
    for (const match of line.plain.matchAll(runner.command)) {
      const name = (match[1] ?? '').replace(/^(?::[\w-]+)*:/, '');
      const [start, end] = [match.index, match.index + match[0].length];
      const tasks = await workspace.once(`tasks ${runner.command.source}`, () => runner.tasks(workspace));
      const polarity = line.existence(start, end);
      const hit = tasks.find((each) => each.name === name || each.name === match[1]);
      // "mix and match": a plain word is a task in code, behind a verb, or where there is one of that name.
      const told = line.inCode(start) || /[.:]/.test(name) || COMMANDED.test(line.plain.slice(0, start)) || runner.sure;
      if (!hit && !told) continue;
      mentions.push({ start, end });
      if (polarity === 'contrast' || (!hit && runner.own.test(name))) continue;
      const [first = ''] = name.split(/[.:]|(?=[A-Z])/);
      const place = hit ?? tasks[0] ?? (await homeOf(workspace, runner));
      const [manifest] = (await projectOf(workspace)).manifests;
      if (!place) {
        if (polarity === 'there' && manifest !== undefined && (runner.sure || line.inCode(start)))
          outcomes.push(absent(`Nothing here is run by ${match[0].split(/\s/)[0]}.`, { path: manifest, line: 1 }));
        continue;
      }
      const evidence = { path: place.path, line: place.line };
      if (hit || polarity === 'gone')
        outcomes.push(
          (hit !== undefined) === (polarity === 'there')
            ? supported(`${name} is as the line says.`, evidence)
            : absent(hit ? `There is ${name}.` : `There is no ${name}.`, evidence),
        );
      else if (
        !tasks.some((each) => each.name.split(/[.:]/)[0] === first) &&
        (await isOfPlugin(runner, first, workspace))
      )
        continue;
      else outcomes.push(absent(`There is no ${name}.`, evidence));
    }
  }
  return { outcomes, mentions };
}

const COMMANDED = /(?:^[\s*-]*|\b(?:run|runs|running|use|via|with|call|execute|by|invoke|do|then|and)\s+)[`'"]?$/i;

async function isOfPlugin({ plugins, command }: Runner, first: string, workspace: Workspace): Promise<boolean> {
  if (!plugins) return false;
  // Gradle's plugins have names of their own; other packages give theirs to the tasks.
  if (command.source.includes('gradlew')) {
    const pattern = new RegExp(`(?<![A-Za-z])${first}`, 'i');
    for (const path of (await workspace.files()).filter((file) => /\.gradle(?:\.kts)?$|\.versions\.toml$/.test(file)))
      if (pattern.test((await workspace.text(path)) ?? '')) return true;
    return false;
  }
  const { dependencies } = await projectOf(workspace);
  return dependencies.some(({ name }) => name.toLowerCase().includes(first.toLowerCase()));
}

/** The file that shows that the program is used here at all. */
async function homeOf(workspace: Workspace, runner: Runner): Promise<Evidence | undefined> {
  const files: [RegExp, RegExp][] = [
    [/mix/, /^mix\.exs$/],
    [/rake/, /^(?:Rakefile|Gemfile)$/],
    [/fastlane/, /^Fastfile$/],
    [/gradlew/, /^build\.gradle(?:\.kts)?$/],
    [/artisan|console/, /^composer\.json$/],
    [/compose/, /compose[\w.-]*\.ya?ml$/],
  ];
  const home = files.find(([word]) => word.test(runner.command.source))?.[1];
  const path = home && (await workspace.files()).find((file) => home.test(baseName(file)));
  return path === undefined ? undefined : { path, line: 1 };
}
