// Claims that something unheard of does a part of the work: "tests run on Foo", "dates go through bar-kit". Where no file has the
// name, nothing here uses it.
import { absent, type Outcome } from './facts.ts';
import type { LineText } from './line-text.ts';
import { at } from './package-traces.ts';
import { projectOf } from './project.ts';
import { isKnown } from './vocabulary.ts';
import type { Workspace } from './workspace.ts';

/** What a dependency or a tool of the repository does, and what no service outside of it does alone. */
const ROLE =
  /\b(?:(?:unit |integration |browser |feature |screenshot |snapshot |system )?(?:tests?|specs?)|testing|mocks?|stubs?|fakes|factories|assertions?|lint(?:s|er|ing)?|formatt(?:er|ing)|type[- ]check(?:s|ing|er)?|static (?:checks?|analysis)|bundl(?:e[sd]?|er|ing)|transpil\w+|dependency injection|DI|ORM|quer(?:y|ies)|migrations?|cach(?:e|es|ed|ing)|(?:background |async |recurring )?jobs|queues?|background work|scheduling|HTTP(?: client| server| requests?)?|networking|network(?:ing)? layer|web ?sockets?|routing|state(?: management)?|forms?|validation|serializ\w+|JSON|parsing|parsed|logging|audit log|tracing|passwords?|authorization|permissions|abilities|translations?|i18n|localization|money|charts?|maps?|icons?|images?|pictures|thumbnails?|styl(?:es|ing)|CSS|components?|animations?|tweens?|physics|rendering|PDFs?|spreadsheets?|CSV|mails?|pagination|paginat\w+|lists|uploads?|markdown|templat(?:es|ing)|API docs|code ?gen\w*|mapping|secrets|configuration|feature flags?|releases?|overlays?|charts|manifests|service mesh|ingress|crash(?:es)?|errors?|exceptions?|settings|preferences|navigation|storage|persistence|orchestrat\w+|warehouse|data quality|quality checks|search|text|input|sound|audio|dates?|server)\b/i;

const NAME = String.raw`(\x60[\w@./+-]+\x60|[A-Z][A-Za-z\d]*(?:[.+#-][A-Za-z\d]+)*(?:\s[A-Z][A-Za-z\d]+)?|[a-z]{1,2}[A-Z]\w+|[a-z][a-z\d]+(?:[-_][a-z\d]+)+)`;
/** `by` and `with` stand before people too: only behind what is done by programs. */
const MADE =
  '(?:built|compiled|bundled|generated|parsed|rendered|mocked|stubbed|tested|loaded|styled|validated|formatted|linted|packed|hashed|encrypted|sealed|cached|implemented|paginated|powered|recorded|processed|serialized|profiled|traced|served)';
const LINK = String.raw`\b(?:uses?|using|through|via|runs? on|on top of|built on|based on|${MADE}\s+(?:with|by)|(?:orchestrate|build|test|lint|format|bundle|compile|mock|validate|parse|render|style|cache|trace|profile|provision|generate|schedule)s?\s+with|are|is)\s+(?:the\s+|our\s+)?`;
/** "HTTP goes through Foo", "mocks are Foo", "screens use Foo" */
const DONE_BY = new RegExp(
  `${LINK}${NAME}(?=\\s*(?:$|[.,;:()]|\\/[A-Z]|and\\b|via\\b|for\\b|to\\b|in\\b|with\\b|on\\b|as\\b|instead\\b|from\\b|\\())`,
  'g',
);
/** "Foo is used for charts"; other verbs have people before them. */
const DOES = new RegExp(`^[\\s*-]*(?:[A-Z][a-z]+:\\s+)?${NAME}\\s+is\\s+(?:used|the|our)\\b`);

/** What people work with and no repository shows. */
const ELSEWHERE =
  /^(?:Slack|Jira|Linear|Notion|Figma|Discord|Zoom|Confluence|Trello|Asana|GitHub|GitLab|Bitbucket|Google\w*|Gmail|Microsoft|Teams|Apple|AWS|Amazon|Azure|GCP|Cloudflare|DigitalOcean|Hetzner|Linux|Ubuntu|Debian|Fedora|Windows|macOS|Mac|iOS|Android|Chrome|Firefox|Safari|Edge|VS ?Code|Visual Studio|IntelliJ|Xcode|Vim|Neovim|Emacs|Cursor|Claude\w*|Copilot|ChatGPT|OpenAI|Anthropic|Letta|Postman|Insomnia|Datadog|Grafana|Kibana|Splunk|PagerDuty|Opsgenie|Statuspage|Excel|Word|PowerPoint|Miro|Loom|Homebrew|Bash|Zsh|Fish|PowerShell|SQL|HTTP|HTTPS|REST|JSON|YAML|XML|CSV|HTML|CSS|UTC|English|German|French|Dutch|Spanish|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|January|February|March|April|May|June|July|August|September|October|November|December|True|False|None|Yes|No|CI|PRs?|MRs?|API|CLI|UI|UX|OK|TODO|QA|Prod|Production|Staging)$/;
/** Words that begin a clause with a capital, or stand there as any name would. */
const ORDINARY =
  /^(?:The|A|An|This|That|These|Those|It|Its|We|You|They|He|She|I|Our|Your|Each|Every|All|Both|Some|Any|No|Not|Only|Never|Always|Use|Run|Do|Does|Don|If|When|Where|How|Why|What|Who|For|From|In|On|At|By|With|And|Or|But|So|Then|There|Here|Default|Standard|Custom|Native|Plain|Full|Strict|Manual|Automatic|Separate|Internal|External|Public|Private|Local|Remote|Global|Main|New|Old|Same|One|Two|Three|First|Last|Next)$/;

export async function checkUses(
  line: LineText,
  workspace: Workspace,
  taken: readonly { start: number; end: number }[],
): Promise<Outcome[]> {
  if (line.idle) return [];
  const project = await projectOf(workspace);
  const [manifest] = project.manifests;
  if (manifest === undefined) return [];
  const outcomes: Outcome[] = [];
  const judge = async (raw: string, start: number): Promise<void> => {
    const name = raw.replaceAll('`', '');
    const from = start + (raw.startsWith('`') ? 1 : 0);
    if (taken.some((each) => from < each.end && from + name.length > each.start)) return;
    if (ELSEWHERE.test(name) || ORDINARY.test(name.split(' ')[0] ?? '') || /^\d|^[A-Z\d]{1,3}$|^[A-Z_\d]+$/.test(name))
      return;
    // What is done by it must be a part of the work, and stand outside of the name.
    const rest = line.plain.slice(0, from) + ' '.repeat(name.length) + line.plain.slice(from + name.length);
    if (!ROLE.test(rest) || line.use(from, from + name.length) !== 'there') return;
    for (const word of [name, ...name.split(/[\s.+#_-]/).filter((part) => part.length > 3)])
      if (await isKnown(word, workspace)) return;
    const rival = project.dependencies[0];
    outcomes.push(
      absent(`${name} is nowhere in the workspace.`, ...(rival ? [at(rival)] : [{ path: manifest, line: 1 }])),
    );
  };
  for (const match of line.plain.matchAll(DONE_BY)) {
    const name = match[1] ?? '';
    await judge(name, match.index + match[0].indexOf(name, match[0].length - name.length));
  }
  // "kapt is used for …": what is said to be used is a thing, however it is spelled.
  const used = /^[\s*-]*([a-z][a-z\d_-]{2,})\s+is\s+used\s+(?:for|to|by|in)\b/.exec(line.plain)?.[1];
  if (used !== undefined && !(await isKnown(used, workspace)) && line.use(0, 0) === 'there')
    outcomes.push(absent(`${used} is nowhere in the workspace.`, { path: manifest, line: 1 }));
  const does = DOES.exec(line.plain);
  if (does) await judge(does[1] ?? '', does[0].indexOf(does[1] ?? ''));
  return outcomes;
}
