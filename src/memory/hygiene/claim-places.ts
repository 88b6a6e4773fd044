// Claims about where things run and which step comes next: regions of clouds, numbered migrations, commands of a framework.
import { absent, contradicted, type Evidence, type Outcome, supported } from './facts.ts';
import type { LineText } from './line-text.ts';
import { projectOf } from './project.ts';
import { candidates } from './setting-places.ts';
import { baseName, type Workspace } from './workspace.ts';

const REGION =
  /(?<![\w-])(?:us|eu|ap|sa|ca|me|af|il|asia|europe|australia|northamerica|southamerica)-(?:gov-)?(?:north|south|east|west|central|northeast|southeast|northwest|southwest)-?\d(?:[a-d])?(?![\w])/g;

export async function checkPlaces(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  if (line.idle) return [];
  return [
    ...(await regions(line, workspace)),
    ...(await shortRegion(line, workspace)),
    ...(await coverage(line, workspace)),
    ...(await migrations(line, workspace)),
    ...(await manageCommands(line, workspace)),
  ];
}

/** "the bucket is in eu-north-1" */
async function regions(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  const claims = [...line.plain.matchAll(REGION)];
  if (claims.length === 0) return [];
  const known = await workspace.once('regions', async () => {
    const found: (Evidence & { name: string })[] = [];
    for (const path of await workspace.files()) {
      if (
        !/\.(?:tf|tfvars|hcl|ya?ml|toml|json|[cm]?[jt]s|py|go|env[\w.]*|sh)$|(?:^|\/)\.env/.test(path) ||
        /lock/.test(baseName(path))
      )
        continue;
      for (const [index, row] of ((await workspace.text(path)) ?? '').split('\n').entries())
        for (const [name] of row.matchAll(REGION)) found.push({ name, path, line: index + 1 });
    }
    return found;
  });
  const outcomes: Outcome[] = [];
  for (const claim of claims) {
    const polarity = line.use(claim.index, claim.index + claim[0].length);
    const hit = known.find(({ name }) => name === claim[0]);
    const place = hit ?? known[0];
    if (!place || polarity === 'contrast') continue;
    const evidence = { path: place.path, line: place.line };
    outcomes.push(
      (hit !== undefined) === (polarity === 'there')
        ? supported(`${claim[0]} is as the line says.`, evidence)
        : contradicted(`The region is ${place.name}.`, evidence),
    );
  }
  return outcomes;
}

/** "the region is fra": against the keys that are called so. */
async function shortRegion(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  const match = /\bregion\s*(?:is|=|:)\s*[`'"]?([a-z]{3}|[a-z]{2,}\d)\b(?!-)/.exec(line.plain);
  if (!match || /^(?:the|set|not|our|now)$/.test(match[1] ?? '')) return [];
  for (const path of await candidates(workspace)) {
    const found = (await workspace.settings(path)).filter(
      ({ key, value }) => /region$/i.test(key.at(-1) ?? '') && value !== '',
    );
    const hit = found.find(({ value }) => value === match[1]);
    const place = hit ?? found[0];
    if (place)
      return [
        hit
          ? supported(`The region is ${hit.value}.`, { path, line: hit.line })
          : contradicted(`The region is ${place.value}.`, { path, line: place.line }),
      ];
  }
  return [];
}

/** "coverage must be at least 85 %": against what makes a run of the tests fail. */
async function coverage(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  const said =
    /(?<![a-z])coverage\b[^.;\d]{0,60}?\b(\d{2,3})(?:\.\d+)?\s*(?:%|percent\b|$|[.,;)])|\b(\d{2,3})\s*%\s+(?:test\s+|code\s+|line\s+|branch\s+)?coverage\b/i.exec(
      line.plain,
    );
  const claim = said?.[1] ?? said?.[2];
  if (claim === undefined) return [];
  const found: (Evidence & { value: string })[] = [];
  for (const path of (await workspace.files()).filter((file) =>
    /\.(?:toml|cfg|ini|json|ya?ml|exs|rb|[cm]?[jt]s|kts|gradle|xml|simplecov|coveragerc)$|(?:^|\/)(?:Makefile|justfile|\.simplecov|\.coveragerc)$/.test(
      file,
    ),
  )) {
    const text = (await workspace.text(path)) ?? '';
    if (!/cov/i.test(text + path)) continue;
    for (const [index, row] of text.split('\n').entries()) {
      const value =
        /(?:fail[_-]under|minimum_coverage|threshold|thresholds|minimum|target|lines|statements|branches|functions)["']?[\s:=(]+["']?(\d{2,3})(?:\.\d+)?%?\b/i.exec(
          row,
        )?.[1];
      if (value !== undefined) found.push({ path, line: index + 1, value });
    }
  }
  const hit = found.find(({ value }) => value === claim);
  const place = hit ?? found[0];
  if (!place) return [];
  const evidence = { path: place.path, line: place.line };
  return [
    hit
      ? supported(`Coverage has to be ${hit.value}.`, evidence)
      : contradicted(`Coverage has to be ${place.value}, not ${claim}.`, evidence),
  ];
}

/** "0003_gateway", "V12__orders": files that are numbered so. */
async function migrations(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const match of line.plain.matchAll(/(?<![\w./])(\d{3,14}[_-][a-z]\w*|V\d+__\w+)(?!\w|\.\w|\/)/g)) {
    const name = match[1] ?? '';
    const numbered = (await workspace.files()).filter((file) => /^(?:\d{3,14}[_-][a-z]|V\d+__)/.test(baseName(file)));
    const hit = numbered.find(
      (file) => baseName(file).replace(/\..*$/, '') === name || baseName(file).startsWith(`${name}.`),
    );
    const polarity = line.existence(match.index, match.index + name.length, true);
    const [any] = numbered.toReversed();
    if (!any || polarity === 'contrast') continue;
    const evidence = { path: hit ?? any, line: 1 };
    outcomes.push(
      (hit !== undefined) === (polarity === 'there')
        ? supported(`${name} is as the line says.`, evidence)
        : absent(hit ? `${hit} is there.` : `There is no ${name}.`, evidence),
    );
  }
  return outcomes;
}

const OF_DJANGO =
  /^(?:check|clearsessions|changepassword|collectstatic|compilemessages|createcachetable|createsuperuser|dbshell|diffsettings|dumpdata|findstatic|flush|inspectdb|loaddata|makemessages|makemigrations|migrate|optimizemigration|remove_stale_contenttypes|runserver|sendtestemail|shell|showmigrations|sqlflush|sqlmigrate|sqlsequencereset|squashmigrations|startapp|startproject|test|testserver)$/;
/** Packages that bring commands of their own. */
const BRINGS =
  /extensions|spectacular|wagtail|cms|channels|tenants|django-(?:q|rq|silk|celery|crontab|import|guardian|oauth|dbbackup|elasticsearch|waffle)/;

/** "`python manage.py seed_demo`" */
async function manageCommands(line: LineText, workspace: Workspace): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const match of line.plain.matchAll(/\bmanage\.py\s+([a-z]\w*)/g)) {
    const name = match[1] ?? '';
    const manage = (await workspace.files()).find((file) => baseName(file) === 'manage.py');
    if (manage === undefined || OF_DJANGO.test(name)) continue;
    const own = (await workspace.files()).find((file) => file.endsWith(`/management/commands/${name}.py`));
    const polarity = line.existence(match.index, match.index + match[0].length);
    if (own) outcomes.push(supported(`${own} is there.`, { path: own, line: 1 }));
    else if (polarity === 'there' && !(await projectOf(workspace)).dependencies.some((each) => BRINGS.test(each.name)))
      outcomes.push(absent(`There is no command ${name}.`, { path: manage, line: 1 }));
  }
  return outcomes;
}
