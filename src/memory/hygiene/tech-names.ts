// Names of packages and tools, by what they are for: what a line may mean by a word, and what stands in its place.

export interface Tech {
  /** As people write it, lower case. */
  name: string;
  kind: string;
  /** Names in a manifest; the same as `name` where nothing else is said. */
  packages: string[];
  /** Files that show it too. */
  files?: RegExp;
  /** Outside of the manifests' reach (a database, a platform): only another of its kind contradicts it. */
  outside: boolean;
  /** No manifest lists it: it is in use where its name stands in a file that is no prose. */
  word: boolean;
}

/** `kind: name=package|package …`; a star before a kind: outside of the manifests' reach; a tilde: told by its name alone. */
const TABLE = `
js-test: vitest jest mocha ava jasmine qunit karma
js-e2e: playwright=@playwright/test|playwright|playwright-core cypress puppeteer webdriverio=webdriverio|@wdio/cli testcafe nightwatch detox maestro appium
js-lint: eslint biome=@biomejs/biome oxlint tslint xo jshint
js-format: prettier dprint
js-bundle: webpack vite rollup esbuild parcel rspack=@rspack/core tsup rolldown browserify snowpack
js-transpile: babel=@babel/core swc=@swc/core|@swc/cli
js-run: tsx ts-node=ts-node nodemon pm2
js-mono: turborepo=turbo turbo nx lerna rush=@microsoft/rush changesets=@changesets/cli
js-ui: react vue svelte angular=@angular/core preact solid=solid-js|solid solidjs=solid-js lit ember=ember-source alpine=alpinejs
js-meta: next.js=next nextjs=next nuxt nuxt.js=nuxt remix=@remix-run/react|@remix-run/node sveltekit=@sveltejs/kit astro gatsby qwik
js-http-server: express fastify koa hono hapi=@hapi/hapi nestjs=@nestjs/core|@nestjs/common express.js=express
js-http-client: axios got ky node-fetch superagent undici
js-orm: prisma=prisma|@prisma/client drizzle=drizzle-orm|drizzle-kit typeorm sequelize mikroorm=@mikro-orm/core knex kysely mongoose objection
js-state: redux=redux|@reduxjs/toolkit|react-redux zustand mobx jotai recoil pinia vuex xstate valtio
js-query: react-query=@tanstack/react-query|react-query tanstack=@tanstack/react-query swr apollo=@apollo/client|apollo-server|@apollo/server urql trpc=@trpc/server|@trpc/client
js-validate: zod yup joi ajv valibot io-ts superstruct class-validator typebox=@sinclair/typebox
js-css: tailwind=tailwindcss tailwindcss sass=sass|node-sass less styled-components emotion=@emotion/react bootstrap bulma unocss chakra=@chakra-ui/react mui=@mui/material
js-map: leaflet maplibre-gl maplibre=maplibre-gl mapbox-gl mapbox=mapbox-gl openlayers=ol
js-chart: chart.js recharts echarts highcharts apexcharts layerchart
js-codegen: orval openapi-generator=@openapitools/openapi-generator-cli openapi-typescript kubb=@kubb/cli graphql-codegen=@graphql-codegen/cli swagger-codegen
js-form: react-hook-form formik final-form
js-date: moment dayjs date-fns luxon
js-util: lodash=lodash|lodash-es underscore ramda rxjs immer
js-log: winston pino bunyan loglevel log4js
js-mock: msw nock sinon
js-queue: bullmq bull bee-queue agenda
js-hooks: husky lefthook simple-git-hooks lint-staged
js-desktop: electron tauri=@tauri-apps/api|tauri
js-mobile: expo react-native=react-native
js-docs: storybook=storybook|@storybook/react|@storybook/react-vite typedoc docusaurus=@docusaurus/core vitepress
js-other: socket.io commander yargs chalk three.js=three d3 playwright-core knip happy-dom jsdom nodemailer passport sharp handlebars testing-library=@testing-library/react graphql
js-lang: typescript
py-test: pytest nose nose2 unittest2 behave hypothesis
py-env: tox nox
py-lint: ruff flake8 pylint pycodestyle bandit
py-format: black yapf autopep8 isort
py-types: mypy pyright pyre=pyre-check
py-web: django flask fastapi starlette tornado aiohttp sanic bottle litestar falcon
py-serve: uvicorn gunicorn hypercorn
py-orm: sqlalchemy peewee tortoise-orm sqlmodel pony
py-migrate: alembic
py-http: requests httpx urllib3
py-validate: pydantic marshmallow attrs cerberus
py-flow: airflow=apache-airflow prefect dagster luigi mage-ai
py-transform: dbt=dbt-core
py-quality: great-expectations great_expectations=great-expectations soda=soda-core|soda-core-snowflake|soda-core-postgres pandera
py-lock: pip-tools
py-queue: celery rq dramatiq huey
py-cli: argparse=std:argparse click typer docopt fire
py-data: pandas polars numpy scipy scikit-learn matplotlib dask pyspark spark=pyspark
py-ml: pytorch=torch torch tensorflow keras jax transformers xgboost lightgbm catboost onnxruntime
py-log: loguru structlog
py-other: boto3 jinja2 pillow beautifulsoup=beautifulsoup4 scrapy sphinx mkdocs rich tenacity psycopg2=psycopg2|psycopg2-binary asyncpg pre-commit
go-web: gin=github.com/gin-gonic/gin echo=github.com/labstack/echo fiber=github.com/gofiber/fiber chi=github.com/go-chi/chi gorilla=github.com/gorilla/mux
go-orm: gorm=gorm.io/gorm|github.com/jinzhu/gorm sqlx=github.com/jmoiron/sqlx|sqlx ent=entgo.io/ent sqlc pgx=github.com/jackc/pgx
go-cli: cobra=github.com/spf13/cobra urfave=github.com/urfave/cli viper=github.com/spf13/viper
go-scrape: goquery=github.com/PuerkitoBio/goquery colly=github.com/gocolly/colly
go-log: zap=go.uber.org/zap zerolog=github.com/rs/zerolog logrus=github.com/sirupsen/logrus slog=std:log/slog
go-cron: cron=github.com/robfig/cron gocron=github.com/go-co-op/gocron
go-other: wire=github.com/google/wire grpc=google.golang.org/grpc
go-test: testify=github.com/stretchr/testify ginkgo=github.com/onsi/ginkgo gomega=github.com/onsi/gomega gomock=github.com/golang/mock|go.uber.org/mock
rs-async: tokio async-std smol
rs-web: axum actix=actix-web actix-web rocket warp hyper
rs-orm: diesel sea-orm rusqlite
rs-cli: clap structopt argh
rs-error: anyhow thiserror eyre color-eyre
rs-log: tracing env_logger
rs-test: proptest quickcheck criterion insta mockall rstest
rs-other: serde serde_json reqwest rayon
java-frame: spring=spring-boot-starter|spring-boot-starter-web|spring-core spring-boot=spring-boot-starter|spring-boot-starter-web quarkus=quarkus-core micronaut=micronaut-core
java-test: junit=junit|junit-jupiter|junit-jupiter-api testng mockito=mockito-core assertj=assertj-core
java-orm: hibernate=hibernate-core jooq mybatis
java-migrate: flyway=flyway-core liquibase=liquibase-core
java-lint: checkstyle=maven-checkstyle-plugin|checkstyle pmd=maven-pmd-plugin|pmd spotbugs=spotbugs-maven-plugin|spotbugs
java-pdf: pdfbox itext=itextpdf|itext7-core|itext-core|itext
rs-kv: sled redb rocksdb heed
java-http: okhttp retrofit feign=spring-cloud-starter-openfeign
kt-web: ktor=ktor-server-core|ktor-server-netty|ktor-client-core
kt-test: kotest=kotest-runner-junit5 mockk turbine robolectric espresso=espresso-core paparazzi roborazzi
kt-di: koin=koin-core|koin-android|koin-androidx-compose hilt=hilt-android dagger=dagger|hilt-android kodein
kt-json: moshi=moshi|moshi-kotlin|converter-moshi gson=gson|converter-gson
kt-image: glide coil=coil|coil-compose picasso fresco
kt-lint: detekt ktlint spotless
kt-db: room=room-ktx|room-runtime sqldelight
kt-other: leakcanary=leakcanary-android chucker timber rxjava=rxjava|rxkotlin|rxandroid
sw-arch: tca=swift-composable-architecture|composablearchitecture
sw-net: alamofire moya
sw-image: kingfisher sdwebimage nuke
sw-layout: snapkit
sw-async: rxswift
sw-test: quick nimble snapshottesting=swift-snapshot-testing
sw-lint: swiftlint swiftformat
sw-other: swinject lottie vapor fluent grdb=GRDB.swift|grdb realm=realm-swift|realm
java-other: mapstruct slf4j=slf4j-api logback=logback-classic lombok jackson=jackson-databind guava
cs-test: xunit nunit=NUnit mstest=MSTest.TestFramework moq=Moq
cs-jobs: hangfire=Hangfire|Hangfire.Core|Hangfire.AspNetCore quartz.net=Quartz|Quartz.AspNetCore quartz=Quartz|Quartz.AspNetCore
cs-other: automapper=AutoMapper fluentvalidation=FluentValidation nsubstitute=NSubstitute verify=Verify.Xunit|Verify.NUnit nlog=NLog dapper=Dapper serilog=Serilog mediatr=MediatR newtonsoft=Newtonsoft.Json
rb-web: rails sinatra hanami
ex-web: phoenix
ex-other: ecto=ecto|ecto_sql oban absinthe credo dialyxir dialyzer=dialyxir
rb-test: rspec=rspec|rspec-rails minitest
rb-jobs: sidekiq good_job solid_queue resque delayed_job
rb-auth: devise authlogic clearance sorcery rodauth=rodauth|rodauth-rails
rb-authorize: pundit cancancan action_policy
rb-page: pagy kaminari will_paginate
rb-audit: paper_trail audited
rb-assets: propshaft sprockets=sprockets|sprockets-rails
rb-script: importmap=importmap-rails jsbundling=jsbundling-rails webpacker shakapacker vite_ruby=vite_ruby|vite_rails
rb-view: view_component phlex=phlex|phlex-rails
rb-template: haml=haml|haml-rails slim=slim|slim-rails
rb-upload: shrine carrierwave paperclip
rb-record: vcr webmock
rb-http: faraday httparty
rb-factory: factory_bot=factory_bot|factory_bot_rails factorybot=factory_bot|factory_bot_rails fabrication
rb-other: rubocop=rubocop|rubocop-rails|rubocop-rails-omakase|standard puma ransack searchkick brakeman simplecov capybara
ex-http: req tesla httpoison finch
ex-jobs: exq quantum
ex-server: bandit cowboy=plug_cowboy|cowboy
ex-cache: cachex con_cache concache=con_cache nebulex
ex-mail: swoosh bamboo
ex-test: mox mimic wallaby hound ex_machina exmachina=ex_machina bypass
ex-hash: bcrypt_elixir argon2_elixir pbkdf2_elixir
php-web: laravel=laravel/framework symfony=symfony/framework-bundle
php-orm: doctrine=doctrine/orm eloquent=illuminate/database
php-lint: phpstan=phpstan/phpstan psalm=vimeo/psalm
php-test: phpunit=phpunit/phpunit pest=pestphp/pest
php-format: pint=laravel/pint php-cs-fixer=friendsofphp/php-cs-fixer
php-other: guzzle=guzzlehttp/guzzle monolog=monolog/monolog twig=twig/twig horizon=laravel/horizon sanctum=laravel/sanctum livewire=livewire/livewire inertia=inertiajs/inertia-laravel filament=filament/filament rector=rector/rector larastan=larastan/larastan|nunomaduro/larastan
cs-di: autofac=Autofac zenject=com.svermeulen.extenject|extenject vcontainer=jp.hadashikick.vcontainer
cs-async: unitask=com.cysharp.unitask unirx=com.neuecc.unirx
cs-tween: dotween=com.demigiant.dotween primetween=com.kyrylokuzyk.primetween leantween
cs-render: urp=com.unity.render-pipelines.universal hdrp=com.unity.render-pipelines.high-definition
cs-net: mirror=com.mirror-networking.mirror photon=com.photonengine.fusion
~infra-wrap: terragrunt terramate
~chart: helmfile helmsman
~gitops: flux=fluxcd|flux|toolkit.fluxcd argocd=argoproj argo-cd=argoproj
~secrets: kubeseal=kubeseal|sealedsecret sealed-secrets=kubeseal|sealedsecret sops external-secrets=externalsecret git-crypt
~mesh: istio linkerd
~scan: checkov tfsec trivy kics snyk gitleaks trufflehog
~cost: infracost
~plan: atlantis spacelift
~nodes: karpenter cluster-autoscaler=cluster-autoscaler|clusterautoscaler
~dev-cluster: skaffold tilt garden
~coordination: zookeeper etcd consul
~stream: redpanda kinesis
~rust-release: release-plz cargo-dist cargo-release
~provision: ansible puppet chef packer
~shell-lint: shellcheck shfmt hadolint yamllint actionlint
*db: postgres=pg|postgres|psycopg2|psycopg2-binary|psycopg|asyncpg|github.com/lib/pq|github.com/jackc/pgx|tokio-postgres|postgresql postgresql=pg|postgres|psycopg2|psycopg2-binary|psycopg|asyncpg|github.com/lib/pq|github.com/jackc/pgx|tokio-postgres|postgresql mysql=mysql|mysql2|pymysql|mysqlclient|github.com/go-sql-driver/mysql|mysql-connector-java|mysql-connector-j mariadb=mariadb|mariadb-java-client sqlite=better-sqlite3|sqlite3|sqlite|aiosqlite|rusqlite|github.com/mattn/go-sqlite3|modernc.org/sqlite mongodb=mongodb|mongoose|pymongo|motor|go.mongodb.org/mongo-driver mongo=mongodb|mongoose|pymongo|motor|go.mongodb.org/mongo-driver dynamodb=@aws-sdk/client-dynamodb cassandra=cassandra-driver h2=com.h2database|h2 hsqldb=hsqldb
*warehouse: snowflake=dbt-snowflake|snowflake-connector-python bigquery=dbt-bigquery|google-cloud-bigquery redshift=dbt-redshift|redshift-connector databricks=dbt-databricks|databricks-sql-connector
*cache: caffeine ehcache hazelcast valkey=iovalkey|valkey redis=redis|ioredis|github.com/redis/go-redis|github.com/go-redis/redis|hiredis|bullmq memcached=memcached|pymemcache|memjs
*broker: kafka=kafkajs|confluent-kafka|kafka-python|github.com/segmentio/kafka-go|rdkafka rabbitmq=amqplib|pika|github.com/rabbitmq/amqp091-go|lapin|aio-pika nats=nats|nats-py|github.com/nats-io/nats.go mosquitto=mqtt|paho-mqtt|aiomqtt|github.com/eclipse/paho.mqtt.golang|rumqttc emqx activemq pulsar=pulsar-client
*metrics: prometheus=prom-client|prometheus-client|prometheus_client|github.com/prometheus/client_golang|prometheus|metrics-exporter-prometheus|micrometer-registry-prometheus statsd=hot-shots|statsd datadog=dd-trace|ddtrace opentelemetry=@opentelemetry/sdk-node|opentelemetry-sdk|go.opentelemetry.io/otel|opentelemetry
*mail: mailhog mailpit mailcatcher maildev smtp4dev
*objects: minio localstack seaweedfs
*proxy: nginx caddy traefik haproxy envoy
*search: elasticsearch=@elastic/elasticsearch|elasticsearch opensearch=@opensearch-project/opensearch|opensearch-py meilisearch=meilisearch typesense=typesense solr
*~mailer: sendgrid postmark mailgun mailjet sparkpost resend mandrill
*~payment: stripe adyen mollie paypal braintree paddle klarna
*~sms: twilio vonage messagebird plivo
*~error-report: sentry bugsnag rollbar honeybadger airbrake crashlytics
*~analytics: posthog mixpanel amplitude plausible matomo
*~identity: auth0 clerk okta cognito keycloak
*~feature-flag: launchdarkly unleash flagsmith configcat
*hosting: fly.io vercel netlify render heroku railway gigalixir kamal capistrano dokku
*series: influxdb=@influxdata/influxdb-client|influxdb-client|influxdb|github.com/influxdata/influxdb-client-go timescaledb questdb victoriametrics=victoriametrics|victoria-metrics
`;

const FILES: Record<string, RegExp> = {
  eslint: /(?:^|\/)(?:\.eslintrc[\w.]*|eslint\.config\.[cm]?[jt]s)$/,
  biome: /(?:^|\/)biome\.jsonc?$/,
  prettier: /(?:^|\/)(?:\.prettierrc[\w.]*|prettier\.config\.[cm]?[jt]s)$/,
  jest: /(?:^|\/)jest\.config\.\w+$/,
  vitest: /(?:^|\/)vitest\.config\.\w+$/,
  cypress: /(?:^|\/)cypress\.(?:config\.\w+|json)$/,
  webpack: /(?:^|\/)webpack\.config\.\w+$/,
  babel: /(?:^|\/)(?:\.babelrc|babel\.config\.\w+)$/,
  tailwind: /(?:^|\/)tailwind\.config\.\w+$/,
  typescript: /(?:^|\/)tsconfig[\w.]*\.json$/,
  turbo: /(?:^|\/)turbo\.json$/,
  turborepo: /(?:^|\/)turbo\.json$/,
  nx: /(?:^|\/)nx\.json$/,
  lerna: /(?:^|\/)lerna\.json$/,
  changesets: /(?:^|\/)\.changeset\//,
  husky: /(?:^|\/)\.husky\//,
  lefthook: /(?:^|\/)\.?lefthook\.ya?ml$/,
  storybook: /(?:^|\/)\.storybook\//,
  prisma: /(?:^|\/)schema\.prisma$/,
  ruff: /(?:^|\/)\.?ruff\.toml$/,
  flake8: /(?:^|\/)\.flake8$/,
  pylint: /(?:^|\/)\.?pylintrc$/,
  mypy: /(?:^|\/)\.?mypy\.ini$/,
  tox: /(?:^|\/)tox\.ini$/,
  nox: /(?:^|\/)noxfile\.py$/,
  pytest: /(?:^|\/)pytest\.ini$/,
  alembic: /(?:^|\/)alembic\.ini$/,
  'pre-commit': /(?:^|\/)\.pre-commit-config\.yaml$/,
  mkdocs: /(?:^|\/)mkdocs\.yml$/,
  rubocop: /(?:^|\/)\.rubocop\.yml$/,
  'fly.io': /(?:^|\/)fly[\w.-]*\.toml$/,
  vercel: /(?:^|\/)vercel\.json$/,
  netlify: /(?:^|\/)netlify\.toml$/,
  render: /(?:^|\/)render\.ya?ml$/,
  heroku: /(?:^|\/)(?:heroku\.yml|app\.json)$/,
  railway: /(?:^|\/)railway\.(?:json|toml)$/,
  kamal: /(?:^|\/)(?:config\/deploy\.yml|\.kamal\/.*)$/,
  capistrano: /(?:^|\/)Capfile$/,
  sqlc: /(?:^|\/)sqlc\.ya?ml$/,
};

/** Tools that are a file: `name kind pattern`. */
const BY_FILE: [string, string, RegExp][] = [
  ['docker', 'container', /(?:^|\/)(?:[\w-]+\.)?(?:Dockerfile[\w.-]*|docker-compose[\w.-]*\.ya?ml|compose\.ya?ml)$/],
  ['docker compose', 'compose', /(?:^|\/)(?:docker-compose|compose)[\w.-]*\.ya?ml$/],
  ['docker-compose', 'compose', /(?:^|\/)(?:docker-compose|compose)[\w.-]*\.ya?ml$/],
  ['terraform', 'infra', /\.tf$/],
  ['hugo', 'js-meta', /(?:^|\/)hugo\.(?:toml|ya?ml|json)$/],
  ['jekyll', 'js-meta', /(?:^|\/)_config\.ya?ml$/],
  ['pulumi', 'infra', /(?:^|\/)Pulumi\.ya?ml$/],
  ['golangci-lint', 'go-lint', /(?:^|\/)\.golangci\.(?:ya?ml|toml|json)$/],
  ['goreleaser', 'go-release', /(?:^|\/)\.goreleaser\.ya?ml$/],
  ['rustfmt', 'rs-format', /(?:^|\/)(?:\.?rustfmt\.toml|Cargo\.toml)$/],
  ['github actions', 'ci', /(?:^|\/)\.github\/workflows\/[^/]+\.ya?ml$/],
  ['gitlab ci', 'ci', /(?:^|\/)\.gitlab-ci\.ya?ml$/],
  ['on gitlab', 'ci', /(?:^|\/)\.gitlab-ci\.ya?ml$/],
  ['circleci', 'ci', /(?:^|\/)\.circleci\/config\.yml$/],
  ['travis', 'ci', /(?:^|\/)\.travis\.yml$/],
  ['travis ci', 'ci', /(?:^|\/)\.travis\.yml$/],
  ['jenkins', 'ci', /(?:^|\/)Jenkinsfile$/],
  ['azure pipelines', 'ci', /(?:^|\/)azure-pipelines\.ya?ml$/],
  ['bitrise', 'ci', /(?:^|\/)bitrise\.yml$/],
  ['codemagic', 'ci', /(?:^|\/)codemagic\.ya?ml$/],
  ['appveyor', 'ci', /(?:^|\/)\.?appveyor\.yml$/],
  ['teamcity', 'ci', /(?:^|\/)\.teamcity\//],
  ['woodpecker', 'ci', /(?:^|\/)\.woodpecker[\w./]*$/],
  ['bitbucket pipelines', 'ci', /(?:^|\/)bitbucket-pipelines\.yml$/],
  ['unity cloud build', 'ci', /(?!)/],
  ['xcode cloud', 'ci', /(?:^|\/)ci_scripts\//],
  ['buildkite', 'ci', /(?:^|\/)\.buildkite\//],
  ['bazel', 'build', /(?:^|\/)(?:WORKSPACE|MODULE\.bazel|BUILD\.bazel)$/],
  ['cmake', 'build-c', /(?:^|\/)CMakeLists\.txt$/],
  ['maven', 'java-build', /(?:^|\/)pom\.xml$/],
  ['gradle', 'java-build', /(?:^|\/)build\.gradle(?:\.kts)?$/],
  ['helm', 'deploy-chart', /(?:^|\/)Chart\.ya?ml$/],
  ['kustomize', 'deploy-overlay', /(?:^|\/)kustomization\.ya?ml$/],
  ['dependabot', 'updates', /(?:^|\/)\.github\/dependabot\.ya?ml$/],
  ['renovate', 'updates', /(?:^|\/)(?:renovate\.json5?|\.renovaterc(?:\.json)?)$/],
];

/** Systems that need no file: only another's file is against them. */
const SET_UP_ELSEWHERE = new Set([
  'bitrise',
  'codemagic',
  'appveyor',
  'teamcity',
  'bitbucket pipelines',
  'unity cloud build',
  'xcode cloud',
]);

function build(): Tech[] {
  const made: Tech[] = [];
  for (const row of TABLE.trim().split('\n')) {
    const [head = '', body = ''] = row.split(/:\s(.*)/s);
    for (const entry of body.trim().split(/\s+/)) {
      const [name = '', packages] = entry.split('=');
      const files = FILES[name];
      made.push({
        name,
        kind: head.replace(/^[*~]+/, ''),
        packages: packages?.split('|') ?? [name],
        outside: head.startsWith('*'),
        word: /^\*?~/.test(head),
        ...(files ? { files } : {}),
      });
    }
  }
  for (const [name, kind, files] of BY_FILE)
    made.push({ name, kind, packages: [], files, outside: SET_UP_ELSEWHERE.has(name), word: false });
  return made;
}

export const TECH: readonly Tech[] = build();

/** Words of plain English that are packages too: they count in code, or right behind "use", "with", "package". */
export const ENGLISH = new Set(
  'soda spark moment caffeine sled h2 consul room quick fluent vapor realm nuke timber mirror photon segment resend paddle clerk unleash plausible mandrill amplitude postmark mollie stripe req hound mox mimic bypass pint twig horizon nova flux tilt garden chef puppet packer render railway kamal slim audited clearance sorcery resque mina fabrication standard finch bamboo quantum lottie glide coil dagger truth bandit cowboy tesla hugo verify quartz maestro wire cron insta phoenix doctrine eloquent psalm feign flyway express ms open read debug commander yaml which once diff ignore marked node remend glob rich click requests black attrs got solid less rocket warp clap echo ent gin chi fiber got ky lit ember fire pony bottle falcon dash rush standard tap nose behave bull agenda sharp passport three emotion bootstrap pest moq spring guava motor pg rq huey tracing smol hyper serve send cors helmet env config cookie events path url util assert process buffer stream test types core common server client app web api cli lib utils tools main base shared redis tar progress prompts ora kleur pump through concat async retry semver classnames history query-string form-data ws bl dotenv joi yup nest turbo reflect yaml pick ip bytes depd etag fresh accepts vary merge after before watch walk table color colors time date image uuid nanoid fork spawn minimist rimraf mkdirp cross-env immer ramda underscore cobra viper zap mux logrus pino bunyan parcel snowpack apollo mercury flask sanic tornado celery rails devise puma alpine tox nox transformers diff chalk express keras starlette dask polars typer poetry hatch log rand time regex bytes futures either itertools indexmap paste zip image num url http mime matches select inflector signature group digest hex subtle hash sha semver toml libc syn quote bitflags remix electron storybook prettier'.split(
    ' ',
  ),
);
/** Of these, the ones no sentence about a project means otherwise. */
for (const clear of [
  'prettier',
  'storybook',
  'electron',
  'chalk',
  'flask',
  'celery',
  'turbo',
  'tox',
  'nox',
  'immer',
  'dotenv',
  'redis',
  'pino',
  'joi',
  'yup',
  'rails',
  'nanoid',
  'uuid',
  'pg',
  'classnames',
  'ramda',
  'rimraf',
  'minimist',
  'bunyan',
  'logrus',
  'starlette',
  'poetry',
  'polars',
  'typer',
  'moq',
  'itertools',
  'indexmap',
  'keras',
  'dask',
  'webpack',
  'toml',
  'semver',
  'ws',
  'zap',
  'cobra',
  'viper',
])
  ENGLISH.delete(clear);
