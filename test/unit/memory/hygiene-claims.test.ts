import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkLine, checkLines } from '../../../src/memory/hygiene/check-line.ts';
import { DiskFacts } from '../../../src/memory/hygiene/disk-facts.ts';
import { readSettings } from '../../../src/memory/hygiene/read-config.ts';
import { type Label, writeRepository } from '../../support/hygiene-repo.ts';
import { worked } from '../../support/worked.ts';

// A bit of everything that the rules read: what each of them says of lines that no labelled set has.
const FILES: Readonly<Record<string, string>> = {
  '.git/HEAD': 'ref: refs/heads/main\n',
  '.git/refs/heads/main': `${'a'.repeat(40)}\n`,
  '.git/refs/heads/release/2.1': `${'b'.repeat(40)}\n`,
  '.gitignore': 'var/\n',
  'mix.exs':
    'defmodule Pond.MixProject do\n  def project do\n    [app: :pond, version: "3.2.0", elixir: "~> 1.16", test_coverage: [summary: [threshold: 71]], aliases: aliases()]\n  end\n\n  defp deps do\n    [{:phoenix, "~> 1.7.10"}, {:finch, "~> 0.18"}]\n  end\n\n  defp aliases do\n    [ship: ["test", "release"], "ecto.fresh": ["ecto.drop", "ecto.create"]]\n  end\nend\n',
  'lib/pond/frogs.ex':
    'defmodule Pond.Frogs do\n  @max_leaps 12\n\n  def count(pond), do: {:ok, pond, @max_leaps}\n  def catch(_frog), do: {:error, :slippery}\nend\n',
  'lib/pond_web/router.ex':
    'defmodule PondWeb.Router do\n  get "/frogs", FrogController, :index\n  post "/frogs", FrogController, :create\nend\n',
  'priv/repo/migrations/20240101000000_create_frogs.exs':
    'defmodule Pond.Repo.Migrations.CreateFrogs do\n  def change do\n    create table(:frogs) do\n      add :color, :string\n    end\n\n    drop table(:tadpoles)\n  end\nend\n',
  'infra/main.tf':
    'variable "replicas" {\n  default = 3\n}\n\nmodule "lake" {\n  source  = "acme/lake/aws"\n  version = "4.1.0"\n}\n\nresource "aws_instance" "web" {\n  instance_type = "t4g.small"\n  monitoring    = true\n}\n\nresource "aws_vpc" "main" {\n  cidr_block = "10.8.0.0/16"\n}\n',
  'deploy/worker.yaml':
    'kind: CronJob\nmetadata:\n  name: feed-frogs\nspec:\n  schedule: "40 4 * * *"\n  retention: 9\n',
  'compose.yaml': 'services:\n  cache:\n    image: valkey/valkey:8.0\n    ports: ["6390:6379"]\n',
  Dockerfile: 'FROM hexpm/elixir:1.16 AS assets\nFROM debian:bookworm-slim AS final\nUSER nobody\n',
  'settings.gradle.kts': 'include(":app")\ninclude(":core:net")\n',
  'app/build.gradle.kts':
    'android {\n  defaultConfig {\n    minSdk = 27\n  }\n}\n\ndependencies {\n  implementation("io.insert-koin:koin-android:4.0.0")\n}\n',
  'app/src/Net.kt':
    'package org.pond\n\nenum class Depth { SHALLOW, DEEP }\n\nclass PondService {\n  companion object {\n    const val RETRY_LIMIT = 6L\n    val PATIENCE = Duration.ofMinutes(2)\n  }\n\n  fun drain() = Unit\n}\n',
  'app/src/AndroidManifest.xml':
    '<manifest xmlns:android="http://x">\n  <application android:allowBackup="true" />\n</manifest>\n',
  'tool/cli.py':
    'import argparse\n\nparser = argparse.ArgumentParser(prog="ponder")\nparser.add_argument("--depth", type=int, default=5)\nparser.add_argument("--quiet")\n',
  'tool/dredge.sh': '#!/bin/sh\ncase "$1" in\n  --slow) sleep "\u0024{DREDGE_PAUSE:-45s}" ;;\nesac\n',
  'fastlane/Fastfile': 'lane :nightly do\n  puts "hi"\nend\n',
  '.github/workflows/ci.yml':
    'jobs:\n  verify:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 25\n    steps:\n      - run: mix test\n',
  'config/queues.exs': 'config :pond, queues: [croaks: 4, hops: 8]\n',
};

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'letta-claims-'));
  await writeRepository(folder, FILES);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const CASES: readonly [line: string, verdict: Label][] = [
  // Constants with an ending, durations, attributes, values to fall back on, flags in XML.
  ['RETRY_LIMIT is 6.', 'true'],
  ['PondService gives up at RETRY_LIMIT = 9.', 'stale'],
  ['PATIENCE is two minutes.', 'true'],
  ['PATIENCE is 5 minutes.', 'stale'],
  ['A frog leaps @max_leaps (12) times.', 'true'],
  ['@max_leaps is 20', 'stale'],
  ['DREDGE_PAUSE is 45s unless set.', 'true'],
  ['DREDGE_PAUSE falls back to 90s.', 'stale'],
  ['allowBackup is false.', 'stale'],
  // One thing is there, another beside it is not looked at: nothing is known of the whole.
  ['`Depth` has the cases SHALLOW and MURKY.', 'unknown'],
  ['`PondService` has drain and refill.', 'unknown'],
  ['`Depth` has a variant Murky.', 'unknown'],
  ['finch keeps 25 connections.', 'unknown'],
  // Of a port as such, of a version that is not used, of what stands where.
  ['Port 5432 is the own one of Postgres.', 'unknown'],
  ['Phoenix 1.6 did not work for us.', 'unknown'],
  ['The frogs table has a column `color`.', 'true'],
  ['The frogs table has a column `weight`.', 'stale'],
  // HCL.
  ['cidr_block of the VPC is "10.8.0.0/16".', 'true'],
  ['The VPC has 10.9.0.0/16.', 'stale'],
  ['Web machines are t4g.small.', 'true'],
  ['Web machines are t3.medium.', 'stale'],
  ['var.replicas says how many.', 'true'],
  ['var.zones says where.', 'stale'],
  // Versions that no manifest lists.
  ['The lake module is at 4.1.0.', 'true'],
  ['The lake module is at 3.9.', 'stale'],
  ['Valkey 8.0 in compose', 'true'],
  // Schedules, tasks, programs.
  ['feed-frogs runs nightly at 04:40.', 'true'],
  ['feed-frogs runs nightly at 05:10.', 'stale'],
  ['The feed-frogs job runs hourly.', 'stale'],
  ['`mix ship` before a release', 'true'],
  ['`mix launch` before a release', 'stale'],
  ['mix ecto.refresh starts over', 'stale'],
  ['fastlane nightly builds at night', 'true'],
  ['Run `fastlane store` to publish.', 'stale'],
  ['tool/dredge.sh takes --slow.', 'true'],
  ['tool/dredge.sh takes --force.', 'stale'],
  ['ponder has a --shallow flag.', 'stale'],
  ['--depth defaults to 5.', 'true'],
  ['--depth defaults to 7.', 'stale'],
  // Named things, lists, modules, members.
  ['There is a queue called croaks.', 'true'],
  ['There is a queue called splashes.', 'stale'],
  ['The image has the stages assets and final.', 'true'],
  ['The image has a `compile` stage.', 'stale'],
  ['The tadpoles table keeps the young.', 'stale'],
  ['frogs.color is a string.', 'true'],
  ['frogs.weight is in grams.', 'stale'],
  [':core:net talks to the server.', 'true'],
  [':core:sound plays croaks.', 'stale'],
  ['Pond.Frogs.count/1 counts.', 'true'],
  ['Pond.Frogs.feed/1 feeds them.', 'stale'],
  ['Pond.Newts is for newts.', 'stale'],
  ['Depth.DEEP is the lower part.', 'true'],
  ['Depth.ABYSS is the lowest part.', 'stale'],
  ['MudService cleans the ground.', 'stale'],
  // Tools, in words.
  ['Dependency injection is done with Koin.', 'true'],
  ['Dependency injection: Hilt.', 'stale'],
  ['HTTP goes through Finch.', 'true'],
  ['HTTP goes through Mojito.', 'stale'],
  // CI, branches, the project's version, coverage.
  ['The verify job has a timeout of 25 minutes.', 'true'],
  ['The verify job has a timeout of 60 minutes.', 'stale'],
  ['The lint job comments on PRs.', 'stale'],
  ['release/2.1 is what customers have.', 'true'],
  ['release/2.2 is what customers have.', 'stale'],
  ["We're at 3.2.0.", 'true'],
  ["We're at 3.1.4.", 'stale'],
  ['Coverage has to be 71 %.', 'true'],
  ['Coverage has to be 85 %.', 'stale'],
  // Methods of routes.
  ['POST /frogs adds one.', 'true'],
  ['DELETE /frogs removes all.', 'stale'],
  // What says nothing of how things are.
  ["We'd like to raise minSdk to 30.", 'true'],
  ['It keeps quiet unless RETRY_LIMIT is 1.', 'true'],
  ['Leaps are recorded, at once or later, up to midnight.', 'unknown'],
  ['Slow frogs are dropped (RETRY_LIMIT).', 'true'],
  ['Translations are reviewed by Hilda.', 'unknown'],
  ['Coordinate releases with Joren.', 'unknown'],
  ['var/ is left out of git', 'true'],
  ['[Where frogs are counted](lib/pond/frogs.ex#L4)', 'true'],
];

it('tells stale claims from true ones, whatever a project is made of', async () => {
  const verdicts = await checkLines(
    CASES.map(([line]) => line),
    new DiskFacts(folder),
  );
  for (const [index, [line, wanted]] of CASES.entries()) {
    const { verdict, reasons } = verdicts[index] ?? { verdict: 'unknown', reasons: [] };
    expect.soft(verdict, `${line} (${reasons.join(' ')})`).toBe(wanted);
  }
});

it('takes no long time for a line that was made to take it', async () => {
  const parts = [
    'a-',
    'a.',
    'A.a',
    'Ab.',
    ' ',
    '`',
    '[x](',
    '--a ',
    'a, ',
    'a and ',
    ':a',
    '1 ',
    '/a',
    'aA',
    '"a" ',
    '(',
    '1.1.',
    'is a ',
    'the a ',
  ];
  const began = worked();
  for (const part of parts) await checkLine(part.repeat(2_000).slice(0, 2_000), new DiskFacts(folder));
  for (const part of ['the tags are ', 'queues: ', 'tables: ', 'mix ', './gradlew ', 'region is ', 'coverage '])
    await checkLine(`${part}${'a, '.repeat(660)}!`, new DiskFacts(folder));
  expect(worked() - began).toBeLessThan(15_000);
});

it.each([
  ['a.tf', 'x = {\n'.repeat(20_000)],
  ['a.tf', `resource ${'"a" '.repeat(20_000)}`],
  ['a.xml', `<a ${'b="c" '.repeat(20_000)}`],
  ['a.xml', '<'.repeat(100_000)],
  ['a.kt', `val x: ${'a.'.repeat(40_000)}`],
  ['a.kt', 'a = '.repeat(25_000)],
  ['a.ex', '@a '.repeat(30_000)],
  ['a.conf', 'a '.repeat(50_000)],
  ['a.asset', `- ${'a'.repeat(40_000)}`],
  ['Dockerfile', 'ENV '.repeat(25_000)],
])('reads a hostile %s in no long time', (path, text) => {
  const began = worked();
  readSettings(path, text);
  expect(worked() - began).toBeLessThan(2_000);
});
