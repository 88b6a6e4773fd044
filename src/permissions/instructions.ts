// Tells lines that instruct an agent (commands, addresses, permissions, "always run") from lines that state a fact or a convention.
import { decodings, hiddenIn, plain } from './disguises.ts';
import { FOREIGN } from './instruction-words.ts';

/** Why a line was taken for an instruction; one sentence for the person. */
export type InstructionReason = string;

interface Rule {
  reason: InstructionReason;
  pattern: RegExp;
}

const rule = (reason: InstructionReason, ...patterns: RegExp[]): Rule[] =>
  patterns.map((pattern) => ({ reason, pattern }));

const COMMAND = 'It holds a command.';
const ADDRESS = 'It holds an address.';
const PERMISSION = 'It speaks of what the agent may do without asking.';
const DIRECTIVE = 'It tells the agent what to do.';
const FRAME = 'It imitates a message of the system, the person or a tool.';
const LEAK = 'It asks for something to be sent or shown elsewhere.';
const CALL = 'It holds a call of a tool.';

/** Programs whose name alone, inside backticks with an argument, makes a command. */
const PROGRAMS =
  'npm|npx|pnpm|pnpx|yarn|bun|bunx|deno|node|nodejs|tsx|ts-node|tsc|vitest|jest|eslint|prettier|biome|vite|webpack|turbo|nx|lerna|playwright|cypress|' +
  'python[\\d.]*|pip[\\d.]*|pipx|uv|uvx|poetry|pdm|hatch|tox|nox|pytest|ruff|mypy|black|isort|flake8|rubocop|golangci-lint|shellcheck|stylelint|oxlint|clang-format|swiftlint|ktlint|tflint|hadolint|conda|mamba|flask|django-admin|alembic|' +
  'cargo|rustc|rustup|go|gofmt|dotnet|msbuild|nuget|java|javac|mvn|mvnw|gradle|gradlew|sbt|lein|swift|xcodebuild|pod|flutter|dart|ruby|gem|bundle|rake|rails|php|composer|artisan|phpunit|mix|elixir|iex|rebar3|stack|cabal|ghc|zig|' +
  'make|gmake|cmake|ctest|ninja|meson|bazel|bazelisk|buck2?|just|task|invoke|scons|ant|' +
  'git|gh|glab|svn|hg|docker|docker-compose|podman|nerdctl|buildah|kubectl|helm|kustomize|minikube|kind|skaffold|terraform|tofu|pulumi|ansible|ansible-playbook|vagrant|packer|aws|gcloud|gsutil|az|heroku|fly|flyctl|vercel|netlify|wrangler|firebase|supabase|' +
  'sh|bash|zsh|fish|dash|ksh|pwsh|powershell|cmd|curl|wget|nc|ncat|netcat|ssh|scp|sftp|rsync|telnet|ftp|sudo|su|doas|chmod|chown|rm|mv|cp|cat|echo|printf|tee|dd|mkfs|kill|killall|pkill|crontab|systemctl|service|apt|apt-get|brew|yum|dnf|apk|pacman|snap|choco|winget|scoop|' +
  'export|source|eval|exec|env|xargs|find|grep|rg|sed|awk|tar|unzip|openssl|gpg|base64|psql|mysql|sqlite3|redis-cli|mongosh?|code|perl|lua|osascript|start-process|invoke-expression|invoke-webrequest|invoke-restmethod|set-executionpolicy|iwr|irm|certutil|mshta|rundll32|regsvr32|bitsadmin|reg|schtasks|lefthook|husky|pre-commit|changeset|prisma|drizzle-kit|knex|sequelize|typeorm|act|claude|letta|codex|aider';

/** Programs with what must follow, where they stand in plain words: `npm test`, not "npm packages". One by one, because a single one compiles in 40 ms. */
const BARE_COMMANDS = [
  String.raw`(?:npm|pnpm|yarn|bun)\s{1,3}(?:run(?:-script)?|test|t|install|i|ci|exec|start|stop|restart|publish|audit|link|unlink|update|upgrade|uninstall|add|remove|rm|create|init|dlx|login|rebuild|prune|pack|dedupe|build|lint|dev|format|typecheck|x|config\s{1,3}set)(?![\w-]|\s{1,3}(?:scripts?|hooks?|files?|times?|steps?|output|errors?|logs?|folder|directory|targets?|artifacts?)\b)`,
  String.raw`(?:npx|pnpx|bunx|uvx|pipx|corepack)\s{1,3}[@\w]`,
  String.raw`pip[\d.]{0,4}\s{1,3}(?:install|uninstall|download|freeze)\b`,
  String.raw`(?:uv|poetry|pdm|hatch|conda|mamba|pipenv)\s{1,3}(?:run|add|sync|install|shell|lock|build|publish|pip|update|create|activate)\b`,
  String.raw`python[\d.]{0,4}\s{1,3}(?:-[mc]\b|\S{1,100}\.py\b)`,
  String.raw`(?:node|tsx|ts-node|deno|bun|ruby|perl|php|lua|bash|sh|zsh|pwsh|powershell|source)\s{1,3}(?:-{1,2}[a-z]|(?:\.{0,2}/)?[\w@./-]{1,100}\.(?:m?[jt]sx?|cjs|rb|pl|php|lua|sh|ps1|bash|zsh)\b)`,
  String.raw`deno\s{1,3}(?:task|run|test|install|compile)\b`,
  String.raw`cargo\s{1,3}(?:build|test|run|check|clippy|fmt|install|publish|add|update|bench|doc|nextest|make|xtask|clean)\b`,
  String.raw`go\s{1,3}(?:test|build|run|vet|generate|install|get|fmt|mod|tool|work)\s{1,3}(?:-|\.|[\w]+[/.])`,
  String.raw`go\s{1,3}(?:mod\s{1,3}(?:tidy|download|vendor|init)|test|vet|generate)\b`,
  String.raw`(?:dotnet)\s{1,3}(?:build|test|run|restore|publish|add|tool|ef|format|watch|new)\b`,
  String.raw`(?:mvn|mvnw|gradle|gradlew|\./gradlew|\./mvnw|sbt)\s{1,3}[:\w-]{1,60}`,
  String.raw`(?:bundle|composer|mix|rails|rake|flutter|dart|swift|bazel|terraform|tofu|pulumi|helm|kubectl|vagrant|wrangler|firebase|supabase|heroku|flyctl|turbo|nx|prisma|alembic|pod|gem)\s{1,3}(?:run|exec|install|update|test|build|deploy|apply|destroy|plan|init|up|down|push|pull|delete|create|get|describe|logs|upgrade|uninstall|rollback|migrate|db:\w+|generate|format|analyze|serve|start|console|publish|edit|scale|rollout|port-forward|add|require|compile|deps\.get|ecto\.\w+|phx\.\w+|affected|studio)\b(?!\s{1,3}(?:scripts?|hooks?|files?|times?|steps?|are|is|lives?)\b)`,
  String.raw`docker(?:-compose)?\s{1,3}(?:run|exec|pull|push|login|build\s{1,3}[-.]|up|down|stop|start|restart|rm|rmi|kill|prune|system|cp|compose\s{1,3}(?:-|up|down|run|build|exec|logs|start|stop|restart|pull))(?![\w-])`,
  String.raw`podman\s{1,3}(?:run|exec|pull|push|build|compose)\b`,
  String.raw`git\s{1,3}(?:(?:commit|merge|rebase|tag|branch|log|diff|status|show|blame|rm|mv|bisect)\s{1,3}-{1,2}[a-z]|(?:push|pull|clone|reset|checkout|switch|restore|clean|add|fetch|init|stash|cherry-pick|revert|config|remote|submodule\s{1,3}(?:update|add)|am|apply|gc|worktree\s{1,3}add)(?![\w]|\s{1,3}(?:hooks?|messages?|strategy|history|workflow|flow|policy|events?)\b))`,
  String.raw`(?:gh|glab)\s{1,3}(?:pr|issue|repo|api|auth|release|run|workflow|gist|secret|mr|ci)\b`,
  String.raw`(?:aws|gcloud|az|gsutil)\s{1,3}[a-z0-9-]{2,20}\s{1,3}[a-z-]{2,30}`,
  String.raw`(?:apt|apt-get|brew|yum|dnf|apk|pacman|snap|choco|winget|scoop)\s{1,3}(?:-|install|update|upgrade|remove|add|tap|services)`,
  String.raw`make\s{1,3}(?:all|build|test|tests|lint|check|install|clean|deploy|run|dev|start|format|fmt|release|docs|setup|generate|ci|migrate|serve|dist|bench|coverage|bootstrap|-[a-zA-Z])(?=$|[\s.,;:!?)\x60"'])(?!\s{1,3}(?:it|them|files?|code|sure|scripts?|changes|[a-z]{1,20}s\b))`,
  String.raw`(?:curl|wget|iwr|irm|invoke-webrequest|invoke-expression|invoke-restmethod|nc|ncat|telnet|scp|sftp|rsync|ssh)\s{1,3}(?:-|[\w@$'"]{1,100}[.:/])`,
  String.raw`(?:rm|chmod|chown|mkfs|dd|kill|pkill|killall|cp|mv|ln)\s{1,3}(?:-[a-zA-Z0-9]|\+[rwx]|[0-7]{3,4}\b|if=|/)`,
  String.raw`(?:sudo|doas)\s{1,3}[\w./-]`,
  String.raw`(?:source\s{1,3}[./~$]|cmake\s{1,3}(?:-[A-Z]|--build|\.)|(?:curl|wget)\s{1,3}(?:the|an?|this|from|all|latest)\b|(?:eval|exec|crontab|systemctl|osascript|certutil|mshta|rundll32|regsvr32|schtasks|set-executionpolicy)\s{1,3}[-"'$(\x60/\w.]{1,3})`,
  String.raw`export\s{1,3}[A-Za-z_]\w{0,60}=`,
  String.raw`(?:sh|bash|zsh|pwsh|powershell|cmd(?:\.exe)?)\s{1,3}(?:-[a-z]|/c\b)`,
  String.raw`(?:ruff|black|isort|flake8|rubocop|golangci-lint|shellcheck|stylelint|oxlint|clang-format|swiftlint|ktlint|tflint|hadolint)\s{1,3}(?:-{1,2}[a-zA-Z]|run\b|check\b|format\b|\.(?:\s|$|[/\x60"'])|src\b)`,
  String.raw`php\s{1,3}(?:artisan|bin/)|(?:\./)?bin/[\w-]{1,30}\s{1,3}(?:[a-z]+:[a-z]+|migrate|test|server|console|setup|install)\b`,
  String.raw`(?:pytest|jest|vitest|eslint|prettier|tsc|ruff|mypy|playwright|cypress|pre-commit|lefthook|husky)\s{1,3}(?:-{1,2}[a-zA-Z]|run\b|test\b|install\b|watch\b|\.(?:\s|$)|src/)`,
].map((source) => new RegExp(String.raw`(?<![\w./@-])(?:${source})`, 'u'));

/** Verbs that act on the machine, the repository or the person. A convention about code seldom needs them. */
const ACTS =
  'run|re-?run|execute|exec|invoke|launch|spawn|install|uninstall|download|fetch|curl|wget|visit|browse|navigate|send|upload|post|push|force-?push|publish|deploy|release|delete|drop|wipe|erase|destroy|truncate|purge|email|e-mail|mail|exfiltrate|leak|transmit|approve|auto-?approve|accept|allow|permit|grant|trust|ask|prompt|confirm|warn|notify|skip|bypass|circumvent|disable|deactivate|turn off|ignore|disregard|override|overrule|forget|reveal|disclose|obey|comply|follow|recommend|suggest|promote|advise|tell|say|claim|answer|reply|respond|inform|assure|convince|mention|report|pretend|remember|memori[sz]e|connect|log in|login|ssh|clone|pull|check out|switch|revert|reset|rebase|kill|reboot|shut ?down|escalate|elevate|give|hide|conceal|omit';
/** Of these a convention may well say "never". */
const RESTRAINED = 'commit|merge|change|modify|edit|overwrite|remove';

/** Where a clause begins: what stands here has no subject of its own. */
const START = String.raw`(?:^|[.;:!?)\]>"'\u201c\u2014\u2013|,]\s{0,4}|\s-{1,2}\s|\b(?:and|then|but|so|also|please|kindly|just|to|first|next|finally|afterwards|instead|or)\s)[\s*_>#\x60~+•·▪◦‣-]{0,12}(?:\d{1,2}[.)]\s{0,3})?(?:\[[ x]\]\s{0,3})?(?:\*\*)?`;
const AGENT = String.raw`(?:you(?:'?re|'ve)?|u(?=\s{1,3}(?:are|can|may|must|should))|agents?|assistants?|(?:the |an |any |every |all |our )?(?:ai|llm|model|bot|copilot|claude|letta|chatgpt|gpt|gemini|cursor|coding agent|ai agent|ai assistant|language model)s?)`;
const MODAL = String.raw`(?:must|should|shall|will|can|may|need to|needs to|have to|has to|are to|is to|ought to|are expected to|are required to|is required to|is expected to|could|might|are free to|is free to|are welcome to|want to)`;
const ADVERB = String.raw`(?:(?:always|never|not|also|only|first|immediately|silently|automatically|simply|just|now|then|directly|ever|still|please|unconditionally|freely|secretly|quietly)\s{1,3}){0,3}`;

const RULES: readonly Rule[] = [
  ...rule(
    COMMAND,
    ...BARE_COMMANDS,
    // Inside backticks: a known program with an argument, any program with a flag, a script that is started.
    new RegExp(String.raw`[\x60‘’"'“”](?:\$\s{0,3})?(?:\.{0,2}/)?(?:${PROGRAMS})\s{1,3}[^\s\x60‘’"'“”]`, 'iu'),
    /`{1,3}[^`\n]{0,200}(?:\s-[a-zA-Z]\b|\s--[a-z][\w-]*)[^`\n]{0,300}`/u,
    /`{1,3}(?:\$|>|%|PS>|#)\s[^`\n]{1,300}`/u,
    /(?:^|\s)[$❯➜]\s{1,3}[a-z./][\w./-]*/u,
    /^\s{0,8}(?:```|~~~)\s{0,3}(?:sh|bash|zsh|shell|console|terminal|cmd|bat|powershell|pwsh|ps1|fish)\b/imu,
    /\b(?:run|runs|running|execute|executes|executing|invoke|launch|start|call|type|enter|use|via|with|through|using|by)\s{1,3}(?:the\s{1,3})?(?:command|script)?\s{0,3}[`"'](?:\.{1,2}\/|~\/|\/)?[\w.@/-]{1,100}\.(?:sh|bash|ps1|bat|cmd|zsh)\b/iu,
    /\b(?:run|execute|invoke|launch|rerun|re-run)\s{1,3}(?:the\s{1,3})?(?:commands?\s{1,3}|scripts?\s{1,3}|binary\s{1,3})?[`]/iu,
    /(?:^|[\s`"'(])\.{1,2}\/[\w./-]{1,100}(?:\.(?:sh|bash|ps1|bat|cmd))?\s{1,3}--?[a-z]/u,
    /\b(?:command|cmd|one-liner|shell line)s?\s{0,3}(?:is|are|:|=)\s{0,3}\S/iu,
    /\bpipe\s[^.\n]{1,80}\s(?:through|into|to)\s{1,3}[`"']?(?:\.{0,2}\/|~\/)[\w./-]{1,100}/iu,
    // Shell syntax.
    /\|\s{0,3}(?:sudo\s{1,3})?(?:sh|bash|zsh|dash|ksh|fish|python\d?|node|perl|ruby|iex|pwsh|powershell|tee|xargs|nc|base64|source)\b/iu,
    /\$\((?!\.)[^)\n]{2,200}\)|\s&&\s{0,3}[\w./]|\s\|\|\s{0,3}(?:exit|true|echo|sh)\b|;\s{0,3}(?:rm|curl|wget|sh|bash|echo|cd|exit)\s|>\s{0,3}\/(?:dev|etc|tmp)\/|<\(\s{0,3}\w|\/dev\/(?:tcp|udp)\/|\bcd\s{1,3}[\w./~-]{1,100}\s{0,3}(?:&&|;)/u,
    /--(?:no-verify|force(?!\w)|force-with-lease|dangerously[\w-]*|yolo|yes-always|skip-permissions|allow-all|no-sandbox|insecure|trusted-host|privileged|unsafe-perm|no-gpg-sign|ignore-scripts|extra-index-url|index-url|registry)\b/iu,
    /\b(?:LD_PRELOAD|NODE_OPTIONS|PYTHONSTARTUP|PROMPT_COMMAND|GIT_SSH_COMMAND|BASH_ENV|DYLD_INSERT_LIBRARIES)\b|\b(?:NODE_TLS_REJECT_UNAUTHORIZED|GIT_SSL_NO_VERIFY|PYTHONHTTPSVERIFY|GIT_CONFIG_\w{1,20})\b|\bcore\.hooksPath\b|\b(?:eval|exec|system|popen|spawn|spawnSync|execSync|os\.system|subprocess\.(?:run|call|Popen)|child_process\.exec|Runtime\.exec|IEX)\s{0,2}\(/u,
    /\b(?:DROP|TRUNCATE)\s{1,3}(?:TABLE|DATABASE|SCHEMA)\b|\bDELETE\s{1,3}FROM\s|:\(\)\s{0,2}\{/u,
  ),
  ...rule(
    ADDRESS,
    /[a-z][a-z0-9+.-]{1,20}:\s{0,2}\/\s{0,2}\/\s{0,2}[^\s]/iu,
    /(?<![\w.])(?:www|ftp)\.[a-z0-9-]{1,63}\.[a-z]{2,}/iu,
    /\b(?:hxxps?|https?|mailto|javascript|vbscript|data:[a-z]{1,20}\/[\w+.-]{1,40}|vscode|file|ssh|tel)\s{0,2}:\s{0,2}(?:\/\/|[\w;%,/@])(?<!\w:\s{1,2}\w)/iu,
    /(?<![\w@./-])(?:[a-z0-9][a-z0-9-]{0,62}(?:\.|\s?\[\.\]\s?|\s?\(dot\)\s?|\sdot\s)){1,6}(?:com|net|org|xyz|info|biz|top|ru|cn|su|tk|online|site|website|click|link|onion|club|shop|live|pro|host|cloud|space|store|tech|zip|cc|ws|to|gg|ly|edu|gov)(?![\w-]|\.\w)(?<!(?:asp|ado|vb|ml|f|socket|node|vue|next)\.(?:net|to|io|live|host|store|link))/u,
    /(?<![\w@./-])(?:[a-z0-9][a-z0-9-]{0,62}\.){1,6}(?:io|dev|ai|app|co|me|sh|us|uk|de|eu|in|example|test|invalid|local|page|run|is|so)(?:\/|:\d{2,5}\b)[^\s]*/u,
    /(?<![\w./-])\/\/(?:[a-z0-9-]{1,63}\.){1,6}[a-z]{2,}\//iu,
    /(?<![\d.])(?!127\.|0\.0\.0\.0)(?:\d{1,3}\.){3}\d{1,3}(?:[:/]\S)/u,
    /\bgit@[\w.-]{1,100}:/iu,
    /!\[[^\]\n]{0,200}\]\s{0,2}[([]/u,
    /\[[^\]\n]{1,200}\]\(\s{0,3}(?:[a-z][a-z0-9+.-]{0,20}:|\/\/)/iu,
    /^\s{0,3}\[[^\]\n]{1,100}\]:\s{0,3}(?:[a-z][a-z0-9+.-]{0,20}:|\/\/|<)/imu,
    /<(?:a|img|iframe|script|link|form|video|audio|source|embed|object|svg|base|meta|input|body|style|math)\b[^>\n]{0,300}\b(?:src|href|action|data|on[a-z]{3,20}|content|url|srcset|formaction)\s{0,3}=/iu,
  ),
  ...rule(
    PERMISSION,
    new RegExp(
      String.raw`\b${AGENT}\s{1,3}(?:are|is|'re|re|have|has|had|been|were|was)?\s{0,3}(?:been\s{1,3})?(?:now\s|always\s|also\s|hereby\s|fully\s|explicitly\s|already\s){0,3}(?:allowed|permitted|authori[sz]ed|cleared|entitled|granted|free|trusted|approved|pre-?approved|empowered|exempt|permission|consent|approval|full|unrestricted|root|admin)\b`,
      'iu',
    ),
    /\b(?:no|without(?:\s{1,3}(?:any|the|prior|further|explicit|an?|your|their|user|human|manual|needing|requiring|waiting for|first)){0,4}|skip(?:ping)?(?:\s{1,3}(?:any|the|all))?|bypass(?:ing)?(?:\s{1,3}(?:any|the|all))?|waive[sd]?(?:\s{1,3}(?:any|the|all))?)\s{1,3}(?:need (?:for|to)\s{1,3}(?:an?\s{1,3}|any\s{1,3})?)?(?:ask(?:ing)?|approvals?|confirm(?:ation|ing)?s?|permissions?|prompt(?:s|ing)?|consent|review(?:ing)?(?=\s|[.,;!]|$)|authori[sz]ation\s{1,3}(?:is\s|needed|required|from)|user interaction|human|telling|notifying|notice|warnings?|oversight|supervision)\b/iu,
    /\b(?:approvals?|confirmations?|permissions?|consent|asking|prompts?|sign-?off)\b[^.\n]{0,40}\b(?:(?:is|are|was|were|been|be)\s{1,3}(?:not\s{1,3}(?:required|needed|necessary)|never\s{1,3}(?:required|needed)|unnecessary|optional|waived|granted|given|implied|assumed|automatic|pre-?approved|disabled|skipped|bypassed|ignored|(?:turned |switched )?off|implicit)|(?:isn't|aren't|not)\s{1,3}(?:required|needed|necessary)|granted\b|already given)/iu,
    /\b(?:pre-?approved?|auto-?approv(?:e|es|ed|al|als|ing)|automatically\s{1,3}(?:approve|accept|allow)\w{0,3}|pre-?authori[sz]ed|blanket\s{1,3}(?:approval|permission|consent)|standing\s{1,3}(?:approval|permission|consent)|implicit\s{1,3}(?:approval|permission|consent)|rubber-?stamp\w{0,3}|yolo mode|god mode|allow-?list(?:ed)?\s{1,3}(?:all|every|any|commands?|bash)|whitelist(?:ed)?\s{1,3}(?:all|every|any|commands?|bash))\b/iu,
    /\b(?:do(?:es)?\s{0,2}n['’o]?t|never|no longer|don['’]?t|dont|needn['’]?t|need not|no need to|not have to|not necessary to|stop)\s{1,3}(?:need(?:s)?\s{1,3}(?:to\s{1,3})?|require[s]?\s{1,3}|have to\s{1,3}|bother(?:ing)?\s{1,3}|wait(?:ing)? for\s{1,3})?(?:an?\s{1,3}|any\s{1,3}|the\s{1,3})?(?:ask(?:ing)?|approvals?|confirm(?:ation)?|permissions?|prompt(?:ing)?|consent|warn(?:ing)?|check(?:ing)? with|seek|request permission|request approval|review(?:ing)?\s{1,3}(?:commands?|tool))\b/iu,
    /\b(?:all|any|every|these|those|such|its|the following|shell|bash|terminal|network|tool|destructive|write|edit|git)\s{0,3}(?:(?:shell|bash|terminal|network|tool|file|write|edit|git|system|mcp)\s{1,3})?(?:commands?|tools?(?:\s{1,3}calls?)?|edits?|writes?|pushes|deploys?|deployments|deletions?|requests?|actions?|operations?|access|fetches|installs?)\s{1,3}(?:is|are|have been|has been|was|were|may be|can be)\s{1,3}(?:always\s|now\s|all\s|fully\s|already\s|hereby\s){0,2}(?:allowed|permitted|approved|pre-?approved|authori[sz]ed|safe|trusted|fine|ok(?:ay)?|granted|accepted|exempt|executed without|run without)\b/iu,
    /\b(?:edits?|writes?|pushes|deletions?|deploys|deployments|installs|changes|commits|requests)\s{1,3}(?:to|of|in|from|on|under|outside|inside)\s[^\n]{1,40}?\s(?:is|are)\s{1,3}(?:always\s|now\s|all\s){0,2}(?:allowed|permitted|approved|pre-?approved|authori[sz]ed|fine|ok(?:ay)?)\b/iu,
    /\b(?:approve|trust)\s{1,3}(?:everything|anything|all|any|every)\b|\b(?:accept|allow|permit|confirm)\s{1,3}(?:everything|anything|(?:all|any|every)\s{1,3}(?:commands?|edits?|changes?|requests?|tools?|prompts?|suggestions?|permissions?|calls?|writes?))\b/iu,
    /\b(?:allowed|permitted|(?:pre-)?approved|trusted)\s{1,3}(?:tools?|commands?|actions?|hosts?|domains?|operations?)\s{0,2}[:=]/iu,
    /\b(?:approving|accepting|allowing|trusting)\s{1,3}(?:all|any|every|everything|anything)\b/iu,
    /\b(?:checks?|reviews?|approvals?|confirmations?|hooks?|safeguards?|guardrails?)\s{1,3}(?:is|are)\s{1,3}(?:optional|unnecessary|not needed|not required|disabled|skipped|irrelevant|waived)\b/iu,
    /\b(?:pushing|deploying|deleting|force-?pushing|running|executing|installing|publishing|downloading|committing|editing|overwriting|sending|uploading|disabling|skipping)\b[^.\n]{0,80}\b(?:is|are)\s{1,3}(?:always\s|now\s|also\s|perfectly\s|explicitly\s){0,2}(?:allowed|permitted|approved|pre-?approved|authori[sz]ed|safe|fine|ok(?:ay)?|encouraged|expected|acceptable|granted|welcome)\b/iu,
    /\b(?:(?:is|are|be|it['’]s|its)\s{1,3}(?:always\s|perfectly\s|considered\s|completely\s){0,2}(?:safe|okay|ok|fine)|(?:it is|it['’]s|is it|everyone is|anyone is)\s{1,3}(?:always\s){0,1}(?:allowed|permitted))\s{1,3}to\s{1,3}(?:run|execute|delete|push|send|install|deploy|approve|ignore|skip|disable|trust|share|upload|overwrite|proceed)\b/iu,
    /\b(?:grant|give|granting|giving)s?\b[^.\n]{0,60}\b(?:access|permissions?|rights|approval|privileges|consent)\b[^.\n]{0,40}\b(?:agents?|assistants?|ai|you|bot|tools?|bash|shell)\b|\b(?:grant|give)s?\s{1,3}(?:the\s{1,3})?(?:agent|assistant|ai|bot|tool)s?\b[^.\n]{0,60}\b(?:access|permissions?|rights|approval|privileges)\b|\b(?:full|unrestricted|unlimited|root|complete)\s{1,3}(?:access|permissions?|rights|privileges|autonomy)\b/iu,
    /\b(?:permission|approval|confirmation)s?\s{1,3}(?:mode|policy|prompts?|level|rules?|setting)s?\b[^.\n]{0,40}\b(?:unrestricted|off|disabled?|bypass\w{0,4}|acceptEdits|allow|none|yolo|auto)\b|\b(?:unrestricted|acceptEdits|bypassPermissions|dontAsk)\b[^.\n]{0,20}\bmode\b|\bmode\b[^.\n]{0,20}\b(?:unrestricted|acceptEdits|bypassPermissions)\b/iu,
    /\bpermissions?\s{0,3}[:=]\s{0,3}(?:\[|\{|allow|all\b|\*|full|granted|unrestricted|bash|write|true|none|rwx|777)/iu,
    /\b(?:user|person|owner|developer|maintainer|admin(?:istrator)?|team|author|human|he|she|they|i|we)\s{1,3}(?:has|have|had)?\s{0,3}(?:already\s|explicitly\s|always\s|previously\s|hereby\s|pre-?){0,2}(?:approve[sd]?|consent(?:s|ed)?|authori[sz]e[sd]?|agree[sd]?|allow(?:s|ed)?|permit(?:s|ted)?|grant(?:s|ed)?|trusts?|waive[sd]?)\b(?=[^.\n]{0,60}\b(?:commands?|all|any|every|everything|push\w{0,3}|deploy\w{0,4}|delet\w{0,3}|tools?|edits?|agents?|assistants?|you|to|running|access|shell|bash|network)\b)/iu,
  ),
  ...rule(
    DIRECTIVE,
    new RegExp(String.raw`\b(?:always|never)\s{1,3}(?:${ADVERB})(?:have to |be |try to )?(?:${ACTS})\b`, 'iu'),
    new RegExp(String.raw`\balways\s{1,3}(?:${ADVERB})(?:${RESTRAINED})\b(?!\s{1,3}(?:messages?|hooks?))`, 'iu'),
    new RegExp(
      String.raw`\b${AGENT}\s{1,3}${MODAL}\s{1,3}${ADVERB}(?:be |have |start by |begin by )?(?:${ACTS}|${RESTRAINED}|read|write|open|load|call|use the|treat|consider|assume|include|append|add .{0,40}\b(?:answer|reply|message)|print|echo|output|copy|store|save|access|act|behave|work as|speak|think|believe|stop|start|begin|continue|proceed)\b`,
      'iu',
    ),
    /\b(?:agents?|assistants?|copilot|claude|letta|chatgpt|(?:the|an|any|every|all) (?:ai|llm|model|bot)s?|ai (?:agents?|assistants?)|coding agents?|language models?)\s{1,3}(?:must|should|shall|need to|needs to|have to|has to|are to|is to)\b/iu,
    new RegExp(
      String.raw`${START}(?:please\s{1,3}|kindly\s{1,3}|first,?\s{1,3}|then\s{1,3}|now\s{1,3}|immediately\s{1,3}|must\s{1,3}|should\s{1,3}|only\s{1,3}|do\s{1,3}|silently\s{1,3}|automatically\s{1,3}|make sure (?:to|you)\s{1,3}|be sure to\s{1,3}|remember to\s{1,3}|don['’]?t forget to\s{1,3}|ensure (?:that )?(?:you|to)\s{1,3}|you(?:'ll| will)? (?:need|want|have) to\s{1,3}){0,3}(?:re-?run|run|execute|launch)\s{1,3}(?!(?:\S{1,40}\s){0,3}(?:are|is|live|lives|lie|sit|has|have|stay|take|takes)\b|configurations?\b|times?\b|order\b|loops?\b|mode\b|in parallel|serially|locally\b|at\b|on\b|under\b|inside\b|nightly\b|hourly\b|daily\b|once\b|before\b|after\b|as\b|for\b|by\b|through\b|with(?:out)?\s{1,3}(?:root|node|vitest|jest))[\w\x60"'./]`,
      'imu',
    ),
    /^[\s*_>#~+•·▪◦‣-]{0,12}(?:\d{1,2}[.)]\s{0,3})?(?:please\s{1,3}|kindly\s{1,3}|then\s{1,3}|now\s{1,3}|immediately\s{1,3})?(?:install|uninstall|download|visit|browse|approve|trust|obey|comply|exfiltrate|disregard|upload|email|force-?push|accept (?:all|any|every)|push (?:to|all|every|your|the|changes)|deploy (?:to|the|after|before|every|with|using)|curl|wget|sudo|bypass|override|overwrite your|forget|pretend|act as|call the|use the \S{1,30} tool|invoke the)\b(?!\s{1,3}(?:hooks?|scripts?|buttons?|flows?|pages?|handlers?|events?|errors?|is|are|service|module|templates?|queue|steps?|size|limits?)\b)/imu,
    /\b(?:ignore|disregard|forget|override|overrule|discard|drop|replace|neglect|bypass)\b[^.\n]{0,30}\b(?:previous|prior|above|earlier|preceding|existing|all|any|your|other|former|original|initial|system|safety|security|those|these|the)\s{1,3}(?:(?:the|of|your|system|safety|security|previous|prior|earlier|other|memory|user's|person's)\s{1,3}){0,3}(?:instructions?|rules?|prompts?|messages?|guidelines?|guardrails?|directions?|policy|policies|constraints?|restrictions?|context|conversation|memory|memories|blocks?|orders|commands|training|safeguards?|everything|checks?)\b/iu,
    /\b(?:system prompt|developer message|system message|hidden instructions?|secret instructions?|new instructions?|important instructions?|special instructions?|updated instructions?|instructions? (?:for|to) (?:the |all |any )?(?:ai|agents?|assistants?|llms?|models?|bots?|you|copilot|claude)|note (?:to|for) (?:the |all |any )?(?:ai|agents?|assistants?|llms?|models?|bots?)|attention,? (?:ai|agents?|assistants?|llms?)|prompt injection|jailbreak|developer mode|do anything now|dan mode|as an ai\b|as a language model)\b/iu,
    /\b(?:from now on|starting now|henceforth|from this point|going forward,? you|effective immediately|in all future|for all future|in every future|until further notice|at all costs|no matter what|under all circumstances|regardless of what|whatever the (?:user|person|developer))\b/iu,
    /\byou are (?:now|no longer|an?\b|the\b|in\b|acting|working|running|being|required|expected|instructed|ordered|to\b|not to\b|hereby|called|named)|\byour (?:new |only |real |true |primary |main |first |sole )?(?:role|task|goal|job|purpose|mission|objective|instructions?|rules?|system|persona|identity|duty|priority|name is|output|responses?|answers?|repl(?:y|ies)|memory|memories|tools?|behaviou?r)\b/iu,
    /\b(?:act|behave|respond|reply|answer|speak|operate|function) as (?:if|though|an?\b|the\b)\b|\bpretend (?:to|that|you)\b|\brole-?play\b/iu,
    /\b(?:do not|don['’]?t|dont|never|without|avoid)\s{1,3}(?:ever\s{1,3})?(?:tell(?:ing)?|mention(?:ing)?|reveal(?:ing)?|show(?:ing)?|inform(?:ing)?|notify(?:ing)?|disclos(?:e|ing)|report(?:ing)?|alert(?:ing)?|say(?:ing)?)\b[^.\n]{0,40}\b(?:user|person|developer|human|anyone|owner|team|this|it|them|him|her)\b/iu,
    /\b(?:tell|inform|assure|convince|remind|persuade|lie to|mislead|deceive|warn|instruct|advise|ask|urge)\s{1,3}(?:the\s{1,3}|all\s{1,3}|every\s{1,3}|any\s{1,3})?(?:users?|persons?|people|developers?|humans?|owners?|maintainers?|them|him|her|agents?|assistants?)\b/iu,
    /\b(?:when(?:ever)?|if|once|each time|every time|as soon as|before|after|unless)\s{1,3}(?:the\s{1,3}|a\s{1,3}|any\s{1,3}|some)?(?:user|person|developer|human|someone|anyone|somebody|anybody|one|you|asked|prompted|agent|assistant|ai)\s{0,3}(?:is\s{1,3}|are\s{1,3}|gets\s{1,3})?(?:asks?|asked|says?|mentions?|types?|requests?|wants?|about|to|prompts?|opens?|starts?|begins?|finish(?:es)?|read|see|answer|reply|respond|write to memory)\b/iu,
    /\b(?:in|to|into|with|at the end of|at the top of)\s{1,3}(?:each|every|all|any|your|the next)\s{1,3}(?:of your\s{1,3})?(?:future\s{1,3}|subsequent\s{1,3})?(?:answers?|repl(?:y|ies)|responses?|outputs?|summar(?:y|ies)|chats?|conversations?|turns?|prompts?)\b/iu,
    /\b(?:before|after|during|at the (?:start|beginning|end) of|on|for|in|with)\s{1,3}(?:each|every|any|all|a new|the next|starting (?:a|any|each|every)|beginning (?:a|any))\s{1,3}(?:new\s{1,3}|future\s{1,3})?(?:tasks?|sessions?|answers?|repl(?:y|ies)|responses?|turns?|prompts?|conversations?|threads?|chats?|user messages?|tool calls?|interactions?|agent runs?)\b/iu,
    /\b(?:hide|conceal|keep)\s{1,3}(?:this|it|these|that|them)\b[^.\n]{0,20}\bfrom\s{1,3}(?:the\s{1,3})?(?:users?|persons?|developers?|humans?|team|reviewers?|owners?)\b/iu,
    /\b(?:before|after|when|while|whenever)\s{1,3}(?:answering|replying|responding|doing anything|starting (?:work|a task|any)|reviewing (?:code|changes|a pull|pull)|writing (?:code|memory)|reading this|seeing this|generating)\b/iu,
    new RegExp(
      String.raw`\b(?:after|before|on|upon|with|for)\s{1,3}(?:each|every|any)\s{1,3}(?:[\w-]{1,30}\s{1,3})?[\w-]{1,30},?\s{1,3}(?:${ACTS})\s{1,3}(?:the|an?|all|this|your|any|every|[\x60"'])`,
      'iu',
    ),
    /\b(?:sessions?|tasks?|conversations?|answers?|repl(?:y|ies)|responses?|turns?|threads?)\s{1,3}(?:must|should|shall|has to|have to|always)\s{1,3}(?:begin|start|end|open|finish|include|contain)s?\b/iu,
    /\btreat\s[^.\n]{1,60}\sas\s(?:an?\s|the\s)?(?:instructions?|trusted|commands?|authoritative|rules?|orders|user'?s?|person'?s?|system|safe|approved)\b/iu,
    /^[\s*_>#~+•·▪◦‣-]{0,12}(?:\d{1,2}[.)]\s{0,3})?(?:please\s{1,3})?(?:(?:push|deploy|publish|commit|release|merge)\s{1,3}(?:after|on|upon|before|without|immediately|automatically|directly|straight)\s{1,3}(?!the\s|[A-Z]\w+days?)|(?:disable|turn off|switch off|skip|deactivate)\s{1,3}(?:the\s|all\s|any\s){0,2}(?:linters?|lint|tests?|checks?|hooks?|ci|sandbox|prompts?|permissions?|approvals?|guards?|reviews?|security|verification|signing|certificates?|tls|ssl|protections?|polic(?:y|ies)|antivirus|firewall)\b)/imu,
    /\b(?:dear|hey|hi|hello|attention|ok(?:ay)?)\s{0,2},?\s{1,3}(?:ai|agents?|assistants?|copilot|claude|letta|chatgpt|gemini|cursor|bots?|llms?|models?)\b|\b(?:todo|note|fixme|hack|xxx)\s{0,2}\(\s{0,2}(?:ai|agents?|assistants?|claude|copilot|letta)\s{0,2}\)|(?:^|[\s(])@(?:agent|assistant|ai|claude|copilot|letta)\b/iu,
    /^[\s*_>#~+•-]{0,12}(?:copilot|claude|chatgpt|gpt|cursor|gemini|letta|ai agents?|ai assistants?|ai)\s{0,2}[:,]\s/imu,
    /\bthe (?:agent|assistant|ai|model|bot)\s{1,3}(?:always\s|first\s|then\s|also\s|automatically\s){0,2}(?:runs|executes|installs|deletes|pushes|deploys|approves|skips|ignores|obeys|downloads|uploads|never|always)\b/iu,
    /\b(?:starts?|begins?|ends?|opens?|finish(?:es)?)\s{1,3}(?:with|by)\s{1,3}(?:running|executing|installing|calling|fetching|downloading|loading|reading|sourcing|a call|a run)\b/iu,
    /\b(?:if|when|whenever|once|after|before|in case)\b[^.\n]{1,60}(?:,|then)\s{0,3}(?:please\s|always\s|just\s|simply\s|first\s){0,2}(?:(?:run|execute|approve|push|deploy|install|bypass|download|disable|publish|force)\b(?!\s{1,3}(?:is|are|was|time|mode))|(?:delete|skip|ignore|remove)\s{1,3}(?:them|it|this|these|the tests?|the checks?|all)\b)/iu,
    /[;.]\s{0,3}(?:skip|ignore|delete|disable|bypass|approve|run|execute)\s{1,3}(?:them|it|this|these|all)\b/iu,
    /\b(?:overwrite|replace|clear|erase|empty|rewrite|change|update|insert|write|add|append|copy|save|store|put)\b[^.\n]{0,40}\b(?:(?:all |every |the |your |its )?memory blocks?|persona block|your persona|human block|core memory|agent'?s? memory|your memory|(?:in)?to memory(?!\s{1,3}(?:cache|store|map|buffer)))\b|\bmemory blocks?\s{1,3}(?:must|should|shall|have to)\b/iu,
    /\b(?:tests?|hooks?|sandbox|checks?|prompts?|permissions?|approvals?|secrets?|tokens?|credentials?|passwords?|keys?|reviews?|warnings?|instructions?|linters?|security|confirmations?|safeguards?|guards?|limits?)\s{1,3}(?:should|must|may|can|is to|are to|need to|needs to|has to|have to|ought to)\s{1,3}(?:always\s|not\s|never\s){0,2}be\s{1,3}(?:skipped|bypassed|disabled|ignored|deleted|printed|forwarded|uploaded|shared with|leaked|revealed|turned off|switched off|overridden|obeyed|trusted|sent to|published to|auto)/iu,
    /\b(?:sandbox|firewall|antivirus|security)\s{1,3}(?:is|are)\s{1,3}(?:to be\s{1,3})?(?:disabled|off|turned off|bypassed|optional)\b/iu,
    /\b(?:back-?doors?|reverse shells?|keyloggers?|exfiltrat\w{1,5}|cryptominers?|malware|rootkits?)\b/iu,
    /\b(?:insert|add|paste|append|include|copy|put)\s{1,3}(?:the following|this)\s{1,3}(?:snippet|code|line|text|header|comment|block|rule|script|import|note|message)s?\b/iu,
    /\b(?:follow|obey|execute|apply|carry out|adhere to|comply with)\s{1,3}(?:all\s|any\s|the\s|these\s|its\s|every\s){0,2}(?:\w{1,20}\s)?(?:instructions?|orders|commands|directives)\b|\bdo\s{1,3}(?:what|as|whatever)\s{1,3}(?:it|they|this|that|the \w{1,20})\s{1,3}(?:says?|tells?|asks?|wants?)\b|\binstructions?\b[^.\n]{0,40}\b(?:binding|mandatory|authoritative|obeyed|to be followed)\b/iu,
    /\b(?:the\s{1,3})?(?:real|actual|true|new)\s{1,3}(?:user|owner|admin|administrator|person|developer)\s{1,3}(?:is|are)\b/iu,
    /\b(?:silently|secretly|covertly|quietly|stealthily|discreetly|behind the scenes|in the background without)\b[^.\n]{0,60}\b(?:\w+)/iu,
    /\b(?:remember|memori[sz]e|note|store|save|record|keep)\b[^.\n]{0,30}\b(?:forever|permanently|in (?:your|its|the agent'?s?) memory|to (?:your )?memory|as a (?:permanent |standing |core )?(?:rule|instruction|policy))\b/iu,
    /\b(?:this|the following) (?:rule|instruction|note|memory|message|line|policy)s? (?:overrides?|supersedes?|replaces?|takes? precedence|has priority|outranks?|is (?:absolute|mandatory|authoritative))\b|\b(?:highest|top|absolute|maximum) priority\b/iu,
    /\btrust (?:all|any|every|everything|the|this|these|content|files?|output|it)\b|\b(?:is|are|as) (?:a |an )?(?:fully |always |completely )?(?:trusted|authoritative) (?:source|domain|host|server|party|instructions?)\b/iu,
  ),
  ...rule(
    LEAK,
    new RegExp(
      String.raw`(?:${START}|\b(?:always|never|must|should|please|${AGENT}\s{1,3}(?:can|may|will)?)\s{1,3})(?:send|upload|post|e-?mail|mail|forward|leak|share|exfiltrate|transmit|submit|copy|paste|append|include|print|echo|reveal|read|cat|dump|export|attach|put|write|output|encode|embed|show|list|collect|gather)\s[^.\n]{0,120}(?:\.env\b|id_rsa|~\/\.ssh|\/etc\/passwd|\.aws\/|\.npmrc|\.netrc|system prompt|private keys?|ssh keys?|api[- ]?keys?|access tokens?|credentials|passwords?|environment variables to|conversation|chat history|memory blocks?|file contents|source code to|clipboard|the whole env|all secrets)`,
      'imu',
    ),
    /\b(?:send|sends|sent|email|e-mail|mail|mailed|forward|forwarded|cc|bcc|report|reported|post|posted|submit|submitted|upload|uploaded|copy|copied)\b[^\n]{0,120}[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{2,}/iu,
    /\b(?:credentials?|secrets?|tokens?|passwords?|api keys?|conversations?|source code|environment variables?|file contents?)\b[^.\n]{0,30}\b(?:should|must|may|can|are to|is to)\s{1,3}be\s{1,3}(?:sent|forwarded|uploaded|mailed|posted|copied|shared|printed|logged|reported)\b(?!\s{1,3}(?:in|over|as|via|through|by|with|only)\b)/iu,
    /\b(?:post|send|upload|forward|paste|publish|report|submit)\s[^.\n]{1,60}\s(?:to|on)\s{1,3}(?:an?\s|the\s|our\s)?(?:pastebins?|gists?|web ?hooks?|discord|telegram|ngrok|requestbin|paste sites?)\b/iu,
    /\b(?:use|take|read|load|copy|reuse)\s[^.\n]{0,40}\b(?:tokens?|credentials?|secrets?|keys?|passwords?)\b[^.\n]{0,40}(?:~\/|\/etc\/|\.aws\b|\.ssh\b|\.netrc\b|\.npmrc\b|\bkeychain\b)/iu,
    /\bfetch\(\s{0,2}["'`]|\bXMLHttpRequest\b|\bnavigator\.sendBeacon\b/u,
    /\b(?:webhook|callback|collector|exfil\w{0,8}|beacon|telemetry endpoint|paste ?bin|ngrok|requestbin|burp ?collaborator|interact\.?sh)\b[^.\n]{0,40}\b(?:send|post|upload|report|to)\b/iu,
  ),
  ...rule(
    FRAME,
    /<!--|-->|<!\[CDATA\[|<\?xml|<\|[\w-]{1,40}\|?>?|\[\/?(?:INST|SYS|SYSTEM|ASSISTANT|USER|TOOL|IMPORTANT|ADMIN)\]|<<\/?SYS>>|<\/?s>|\{\{\s{0,3}[#/]?(?:system|user|assistant)/iu,
    /<\s{0,3}\/?\s{0,3}(?:system|system[-_ ]?(?:reminder|prompt|message|note|alert)|instructions?|important|assistant|user|human|developer|tool[-_]?(?:calls?|use|results?|response|output)|function[-_]?(?:calls?|results?)|invoke|parameter|antml\S{0,40}|memory(?:[-_]\w{1,30})?|memory_blocks|admin|override|hidden|secret|policy|rules?|thinking|answer|context|reminder|command|bash|execute|prompt|untrusted|trusted|conversation|available_skills|environment[-_]?\w{0,20}|task-notification|persona|project|conventions|lessons|inbox)\b[^>\n]{0,100}>/iu,
    /(?:^|\n)[\s>*_#`-]{0,8}(?:system|assistant|human|developer|admin|operator|anthropic|openai|letta)(?:\s{0,3}(?:message|prompt|note|reminder|override|update|notice))?[*_`]{0,3}\s{0,3}:(?!:)[*_`]{0,3}\s/imu,
    /(?:^|\n)\s{0,3}(?:#{1,6}|={3,}|-{3,})\s{0,3}(?:system|assistant|instructions?|developer|user|human|new task|task|override|end of (?:file|document|data|memory|context)|begin)\b/imu,
    /\b(?:end|begin|start) of (?:the )?(?:untrusted|trusted|user|system|memory|document|file|tool|context) (?:content|input|data|message|section|output|block|prompt)|"role"\s{0,3}:\s{0,3}"(?:system|user|assistant|tool|developer)"/iu,
  ),
  ...rule(
    CALL,
    /\b(?:Bash|Read|Edit|Write|Glob|Grep|Skill|Fetch|OpenFiles|Diagnostics|Code|Git|WebFetch|WebSearch|Task|MultiEdit|NotebookEdit|Agent)\(/u,
    /\b(?:memory_(?:insert|replace|rethink|apply_patch|finish_edits)|core_memory_(?:append|replace)|archival_memory_(?:insert|search)|conversation_search|send_message|run_code|web_search|fetch_webpage)\b/u,
    /\b(?:use|call|invoke|trigger|execute|run|with)\s{1,3}(?:the\s{1,3}|your\s{1,3})?[`"']?(?:bash|read|edit|write|glob|grep|skill|fetch|shell|terminal|browser|memory|mcp|web)[`"']?\s{1,3}tools?\b/iu,
    /["'](?:tool(?:_name)?|function|name|tool_calls?|recipient_name)["']\s{0,3}:\s{0,3}["'{[][^\n]{0,200}["'](?:arguments|input|parameters|args|command)["']\s{0,3}:/iu,
    /\b(?:[Ii]nvoke|[Cc]all)\s{1,3}[`"']?(?:Bash|Fetch|Skill|Write|Edit|Read|Glob|Grep)\b/u,
    /\b(?:run|exec|execute|shell|terminal|bash)_?(?:command|shell|cmd|code|script|terminal|tool)?_?\(\s{0,2}["'`{]/iu,
    /\bmcp__\w+|\bmcp:\/\//iu,
  ),
  ...FOREIGN.map(({ pattern, permission }) => ({ reason: permission ? PERMISSION : DIRECTIVE, pattern })),
];

/** "Migrations always run in a transaction": a fact, though it says "always run". "Never push to main" only forbids. */
const FACT =
  /\bnever\s{1,3}(?:push|merge|commit|deploy|release)\s{1,3}(?:directly\s{1,3}|straight\s{1,3})?(?:to|into|on|from)\s{1,3}[\w/\x60-]{1,40}|\b(?:tests?|migrations|jobs|hooks|workers|checks|tasks|queries|effects|handlers|suites|specs|benchmarks|workflows|pipelines|cron jobs|reducers|middlewares?|callbacks|transactions|animations|linters|builds|formatters|validators|listeners|plugins|loaders|resolvers|interceptors|guards|generators)\s{1,3}(?:always|never)\s{1,3}run\s{1,3}(?:in|inside|on|at|against|under|within|through|as|first|last|serially|once|twice|sequentially|in parallel|concurrently|offline|synchronously|asynchronously)\b/giu;

/**
 * Why lines of a text were taken for instructions; empty: none was. The text is looked at as it stands, line by line and
 * joined, and once more as what it may be a disguise of. Linear in the text's length.
 */
export function instructionsIn(text: string): InstructionReason[] {
  const hidden = hiddenIn(text);
  const views = viewsOf(plain(text));
  const reasons = new Set<InstructionReason>(hidden);
  for (const view of views) collect(view, RULES, reasons);
  for (const decoded of decodings(text)) {
    const found = new Set<InstructionReason>();
    for (const view of viewsOf(plain(decoded))) collect(view, RULES, found);
    if (found.size > 0) reasons.add('It holds an instruction in disguise.');
  }
  return [...reasons];
}

/** Line by line, so that the beginnings count; and as one line, so that a break inside an instruction hides nothing. */
function viewsOf(text: string): string[] {
  const lines = text.split(/\r\n|[\n\r\u2028\u2029\v\f]/);
  if (lines.length < 2) return [text];
  const bare = lines.map((line) =>
    line
      .trim()
      .replace(/^(?:[-*+>•]|\d{1,2}[.)])\s+/, '')
      .replace(/\s*\\$/, ''),
  );
  return [...lines, bare.filter((line) => line !== '').join(' ')];
}

function collect(view: string, rules: readonly Rule[], reasons: Set<InstructionReason>): void {
  const text = view.replace(FACT, ' ');
  for (const { pattern, reason } of rules) if (!reasons.has(reason) && pattern.test(text)) reasons.add(reason);
}
