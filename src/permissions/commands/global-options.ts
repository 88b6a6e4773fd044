// Options that stand between a program and its subcommand, with values of their own: a rule that refuses sees through them.
import { looseName } from './names.ts';
import { literal, textOf, type Word } from './syntax.ts';

/** Those whose value is the next word, as they are written. */
const VALUED: Readonly<Record<string, string>> = {
  git: '-C -c --git-dir --work-tree --namespace --super-prefix --config-env --attr-source',
  hg: '-R --repository --cwd --config --encoding --encodingmode --color --pager',
  svn: '--username --password --config-dir --config-option',
  npm: '-C --prefix -w --workspace --registry --userconfig --globalconfig --cache --loglevel --script-shell --tag --otp --scope',
  pnpm: '-C --dir -F --filter --registry --loglevel --reporter --store-dir --workspace-concurrency',
  yarn: '--cwd --registry --modules-folder --cache-folder --use-yarnrc',
  bun: '--cwd -c --config --filter',
  docker: '-H --host -c --context --config -l --log-level --tlscacert --tlscert --tlskey',
  podman: '-c --connection --url --root --runroot --log-level --identity --storage-driver --module',
  kubectl:
    '-n --namespace --context --cluster --kubeconfig --user -s --server --token --as --as-group --request-timeout -v --v',
  helm: '-n --namespace --kube-context --kubeconfig --kube-apiserver --kube-token --registry-config --repository-config',
  cargo: '--config -Z -C --color --manifest-path --target-dir',
  gh: '-R --repo --hostname',
  terraform: '-chdir',
  aws: '--profile --region --output --endpoint-url --query --ca-bundle --color --cli-read-timeout --cli-connect-timeout',
  az: '--subscription -o --output --query',
  gcloud: '--project --account --configuration --format --verbosity --impersonate-service-account --billing-project',
  systemctl: '-H --host -M --machine -t --type -p --property -o --output -n --lines --root',
  apt: '-o --option -c --config-file -t --target-release',
  'apt-get': '-o --option -c --config-file -t --target-release',
  dnf: '-c --config --releasever --installroot --enablerepo --disablerepo -x --exclude --setopt',
  pip: '--python --proxy --cache-dir --log --cert --client-cert --timeout --retries --exists-action --trusted-host',
  uv: '--directory --project --config-file --cache-dir --color --python',
  poetry: '-C --directory -P --project',
  composer: '-d --working-dir',
  go: '-C',
  make: '-C --directory -f --file -I --include-dir -o --old-file -W --what-if',
  mvn: '-f --file -s --settings -gs -P --activate-profiles -pl --projects -T --threads -l --log-file',
  gradle: '-p --project-dir -b --build-file -c --settings-file -g --gradle-user-home -I --init-script --console',
  dotnet: '--roll-forward --fx-version --additionalprobingpath --depsfile --runtimeconfig',
  flutter: '-d --device-id --packages',
  heroku: '-a --app -r --remote',
  fly: '-a --app -c --config -t --access-token',
  firebase: '-P --project --account -c --config --token',
  vercel: '--cwd -S --scope -t --token -A --local-config -Q --global-config',
  wrangler: '-c --config -e --env --cwd',
  supabase: '--workdir --profile --network-id',
  pulumi: '-C --cwd -s --stack --color',
  'ansible-playbook': '-i --inventory -l --limit -u --user -e --extra-vars',
  psql: '-h --host -p --port -U --username -d --dbname',
};
const SAME: Readonly<Record<string, string>> = {
  pip3: 'pip',
  nerdctl: 'docker',
  tofu: 'terraform',
  flyctl: 'fly',
  gmake: 'make',
  mvnw: 'mvn',
  gradlew: 'gradle',
  oc: 'kubectl',
};
/** Behind their subcommand the same letters mean something else. */
const ONLY_BEFORE: ReadonlySet<string> = new Set(['git', 'hg', 'docker', 'podman', 'go', 'dotnet']);

/** The words without the program's own options that have values, as far as they are known. */
export function withoutOwnOptions(words: readonly Word[]): readonly Word[] {
  const [first, ...rest] = words;
  const loose = looseName(textOf(first) ?? '');
  // Where git keeps its commands each is a program.
  const sub = /^git-(.+)$/.exec(loose)?.[1];
  if (sub !== undefined) return [literal('git'), literal(sub), ...rest];
  const name = SAME[loose] ?? loose;
  const valued = Object.hasOwn(VALUED, name) ? (VALUED[name] ?? '').split(' ') : undefined;
  if (first === undefined || valued === undefined) return words;
  const kept: Word[] = [first];
  for (let at = 0; at < rest.length; at++) {
    const word = rest[at];
    const text = textOf(word);
    if (word === undefined || text === undefined || text === '--') return [...kept, ...rest.slice(at)];
    if (valued.includes(text)) at += 1;
    else if (ONLY_BEFORE.has(name) && !text.startsWith('-')) return [...kept, ...rest.slice(at)];
    // `cargo +nightly …` names the toolchain.
    else if (name !== 'cargo' || !text.startsWith('+')) kept.push(word);
  }
  return kept;
}
