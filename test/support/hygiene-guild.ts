// A labelled repository written before the rules had run on it: a Phoenix application in Elixir.
import type { Labelled } from './hygiene-repo.ts';

export const GUILD: Readonly<Record<string, string>> = {
  '.credo.exs':
    '%{\n  configs: [\n    %{\n      name: "default",\n      strict: true,\n      checks: [\n        {Credo.Check.Readability.ModuleDoc, false},\n        {Credo.Check.Refactor.CyclomaticComplexity, max_complexity: 8}\n      ]\n    }\n  ]\n}\n',
  '.formatter.exs':
    '[\n  import_deps: [:ecto, :phoenix],\n  plugins: [Phoenix.LiveView.HTMLFormatter],\n  line_length: 110,\n  inputs: ["*.{heex,ex,exs}", "{config,lib,test}/**/*.{heex,ex,exs}"]\n]\n',
  '.git/HEAD': 'ref: refs/heads/main\n',
  '.git/refs/heads/main': '9999999999999999999999999999999999999999\n',
  '.github/workflows/ci.yml': `name: ci\non: [push]\nenv:\n  MIX_ENV: test\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    services:\n      db:\n        image: postgres:16-alpine\n        ports: ["5432:5432"]\n    strategy:\n      matrix:\n        partition: [1, 2, 3]\n    steps:\n      - uses: actions/checkout@v4\n      - uses: erlef/setup-beam@v1\n        with:\n          version-file: .tool-versions\n          version-type: strict\n      - run: mix test --partitions 3\n        env:\n          MIX_TEST_PARTITION: \${{ matrix.partition }}\n  dialyzer:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: mix dialyzer --format github\n  deploy:\n    needs: [test, dialyzer]\n    if: github.ref == 'refs/heads/main'\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: superfly/flyctl-actions/setup-flyctl@1.5\n      - run: flyctl deploy --remote-only\n`,
  '.tool-versions': 'elixir 1.17.3-otp-27\nerlang 27.1.2\nnodejs 22.11.0\n',
  Dockerfile: `ARG ELIXIR_VERSION=1.17.3\nARG OTP_VERSION=27.1.2\nARG DEBIAN_VERSION=bookworm-20241016-slim\n\nFROM hexpm/elixir:\${ELIXIR_VERSION}-erlang-\${OTP_VERSION}-debian-\${DEBIAN_VERSION} AS builder\nENV MIX_ENV=prod\nWORKDIR /app\nRUN mix local.hex --force\nRUN mix assets.deploy\nRUN mix release\n\nFROM debian:\${DEBIAN_VERSION} AS runner\nWORKDIR /app\nRUN chown nobody /app\nCOPY --from=builder --chown=nobody:root /app/_build/prod/rel/guild ./\nUSER nobody\nCMD ["/app/bin/server"]\n`,
  'README.md': '# Guild\n\n`mix setup`, then `mix phx.server`.\n',
  'compose.yaml':
    'services:\n  db:\n    image: postgres:16-alpine\n    environment:\n      POSTGRES_PASSWORD: postgres\n    ports: ["5442:5432"]\n  mailpit:\n    image: axllent/mailpit:v1.20\n    ports: ["8027:8025", "1027:1025"]\n',
  'fly.toml':
    'app = "guild-prod"\nprimary_region = "ams"\nkill_signal = "SIGTERM"\n\n[deploy]\n  release_command = "/app/bin/migrate"\n  strategy = "bluegreen"\n\n[env]\n  PHX_HOST = "guild.example"\n  PORT = "8080"\n\n[http_service]\n  internal_port = 8080\n  force_https = true\n  min_machines_running = 2\n\n[[vm]]\n  memory = "1gb"\n  cpu_kind = "shared"\n  cpus = 2\n',
  'mix.exs':
    'defmodule Guild.MixProject do\n  use Mix.Project\n\n  def project do\n    [\n      app: :guild,\n      version: "0.31.0",\n      elixir: "~> 1.17",\n      elixirc_paths: elixirc_paths(Mix.env()),\n      start_permanent: Mix.env() == :prod,\n      test_coverage: [summary: [threshold: 82]],\n      dialyzer: [plt_add_apps: [:mix], plt_file: {:no_warn, "priv/plts/guild.plt"}],\n      aliases: aliases(),\n      deps: deps()\n    ]\n  end\n\n  def application do\n    [mod: {Guild.Application, []}, extra_applications: [:logger, :runtime_tools]]\n  end\n\n  defp elixirc_paths(:test), do: ["lib", "test/support"]\n  defp elixirc_paths(_), do: ["lib"]\n\n  defp deps do\n    [\n      {:phoenix, "~> 1.7.14"},\n      {:phoenix_ecto, "~> 4.6"},\n      {:ecto_sql, "~> 3.12"},\n      {:postgrex, "~> 0.19"},\n      {:phoenix_live_view, "~> 1.0.0-rc.7", override: true},\n      {:phoenix_live_dashboard, "~> 0.8.5"},\n      {:oban, "~> 2.18"},\n      {:swoosh, "~> 1.17"},\n      {:req, "~> 0.5.7"},\n      {:argon2_elixir, "~> 4.1"},\n      {:bandit, "~> 1.5"},\n      {:gettext, "~> 0.26"},\n      {:cachex, "~> 4.0"},\n      {:esbuild, "~> 0.8", runtime: Mix.env() == :dev},\n      {:tailwind, "~> 0.2", runtime: Mix.env() == :dev},\n      {:credo, "~> 1.7", only: [:dev, :test], runtime: false},\n      {:dialyxir, "~> 1.4", only: [:dev, :test], runtime: false},\n      {:sobelow, "~> 0.13", only: :dev, runtime: false},\n      {:ex_machina, "~> 2.8", only: :test},\n      {:mox, "~> 1.2", only: :test},\n      {:wallaby, "~> 0.30", only: :test, runtime: false}\n    ]\n  end\n\n  defp aliases do\n    [\n      setup: ["deps.get", "ecto.setup", "assets.setup"],\n      "ecto.setup": ["ecto.create", "ecto.migrate", "run priv/repo/seeds.exs"],\n      "ecto.reset": ["ecto.drop", "ecto.setup"],\n      test: ["ecto.create --quiet", "ecto.migrate --quiet", "test"],\n      "assets.setup": ["tailwind.install --if-missing", "esbuild.install --if-missing"],\n      "assets.deploy": ["tailwind guild --minify", "esbuild guild --minify", "phx.digest"],\n      precommit: ["format", "credo --strict", "sobelow --config", "test"]\n    ]\n  end\nend\n',
  'mix.lock':
    '%{\n  "oban": {:hex, :oban, "2.18.3", "aa", [:mix], [], "hexpm", "bb"},\n  "phoenix": {:hex, :phoenix, "1.7.14", "aa", [:mix], [], "hexpm", "bb"},\n}\n',
  'assets/js/app.js':
    'import { Socket } from "phoenix";\nimport { LiveSocket } from "phoenix_live_view";\nimport { Countdown } from "./hooks/countdown";\n\nconst liveSocket = new LiveSocket("/live", Socket, { hooks: { Countdown }, longPollFallbackMs: 2500 });\nliveSocket.connect();\n',
  'assets/js/hooks/countdown.js': 'export const Countdown = { mounted() {} };\n',
  'assets/tailwind.config.js':
    'module.exports = { content: ["../lib/guild_web/**/*.*ex"], theme: { extend: { colors: { brand: "#5b3df5" } } } };\n',
  'config/config.exs':
    'import Config\n\nconfig :guild,\n  ecto_repos: [Guild.Repo],\n  generators: [timestamp_type: :utc_datetime, binary_id: true],\n  invite_ttl_hours: 72\n\nconfig :guild, Oban,\n  repo: Guild.Repo,\n  queues: [default: 10, mail: 20, imports: 2],\n  plugins: [\n    {Oban.Plugins.Pruner, max_age: 60 * 60 * 24 * 7},\n    {Oban.Plugins.Cron, crontab: [\n      {"0 6 * * *", Guild.Workers.DigestWorker},\n      {"*/15 * * * *", Guild.Workers.ExpireInvites}\n    ]}\n  ]\n\nconfig :guild, GuildWeb.Endpoint,\n  url: [host: "localhost"],\n  adapter: Bandit.PhoenixAdapter,\n  live_view: [signing_salt: "x"]\n\nconfig :esbuild, version: "0.24.0"\nconfig :tailwind, version: "3.4.14"\n\nconfig :logger, :console, format: "$time $metadata[$level] $message\\n", metadata: [:request_id, :guild_id]\n\nimport_config "#{config_env()}.exs"\n',
  'config/dev.exs':
    'import Config\n\nconfig :guild, Guild.Repo,\n  username: "postgres",\n  password: "postgres",\n  hostname: "localhost",\n  port: 5442,\n  database: "guild_dev",\n  pool_size: 10\n\nconfig :guild, GuildWeb.Endpoint, http: [ip: {127, 0, 0, 1}, port: 4010], code_reloader: true\nconfig :guild, dev_routes: true\n',
  'config/runtime.exs':
    'import Config\n\nif System.get_env("PHX_SERVER"), do: config(:guild, GuildWeb.Endpoint, server: true)\n\nif config_env() == :prod do\n  database_url = System.get_env("DATABASE_URL") || raise "DATABASE_URL is missing"\n\n  config :guild, Guild.Repo,\n    url: database_url,\n    pool_size: String.to_integer(System.get_env("POOL_SIZE") || "15")\n\n  config :guild, GuildWeb.Endpoint,\n    http: [port: String.to_integer(System.get_env("PORT") || "4000")],\n    secret_key_base: System.fetch_env!("SECRET_KEY_BASE")\n\n  config :guild, Guild.Mailer,\n    adapter: Swoosh.Adapters.Postmark,\n    api_key: System.fetch_env!("POSTMARK_API_KEY")\nend\n',
  'config/test.exs':
    'import Config\n\nconfig :guild, Guild.Repo,\n  database: "guild_test#{System.get_env("MIX_TEST_PARTITION")}",\n  pool: Ecto.Adapters.SQL.Sandbox\n\nconfig :guild, Oban, testing: :manual\nconfig :guild, Guild.Mailer, adapter: Swoosh.Adapters.Test\nconfig :argon2_elixir, t_cost: 1, m_cost: 8\nconfig :guild, :payments, Guild.PaymentsMock\n',
  'docs/adr/0004-mollie.md': '# Mollie for payments\n\nStatus: accepted\n',
  'lib/guild/accounts.ex':
    'defmodule Guild.Accounts do\n  @moduledoc "People and their sessions."\n\n  alias Guild.Accounts.User\n  alias Guild.Repo\n\n  @max_failed_logins 6\n  @session_validity_in_days 30\n\n  def get_user_by_email(email), do: Repo.get_by(User, email: email)\n\n  def register_user(attrs) do\n    %User{} |> User.registration_changeset(attrs) |> Repo.insert()\n  end\n\n  def locked?(%User{failed_logins: n}), do: n >= @max_failed_logins\n\n  def delete_user!(%User{} = user), do: Repo.delete!(user)\nend\n',
  'lib/guild/accounts/user.ex':
    'defmodule Guild.Accounts.User do\n  use Ecto.Schema\n  import Ecto.Changeset\n\n  @primary_key {:id, :binary_id, autogenerate: true}\n  schema "users" do\n    field :email, :string\n    field :hashed_password, :string, redact: true\n    field :failed_logins, :integer, default: 0\n    field :role, Ecto.Enum, values: [:member, :officer, :owner]\n    timestamps(type: :utc_datetime)\n  end\n\n  def registration_changeset(user, attrs) do\n    user\n    |> cast(attrs, [:email])\n    |> validate_length(:password, min: 12, max: 72)\n  end\nend\n',
  'lib/guild/application.ex':
    'defmodule Guild.Application do\n  use Application\n\n  def start(_type, _args) do\n    children = [\n      Guild.Repo,\n      {Phoenix.PubSub, name: Guild.PubSub},\n      {Cachex, name: :rosters},\n      {Oban, Application.fetch_env!(:guild, Oban)},\n      Guild.Presence,\n      GuildWeb.Endpoint\n    ]\n\n    Supervisor.start_link(children, strategy: :one_for_one, name: Guild.Supervisor)\n  end\nend\n',
  'lib/guild/events/event.ex':
    'defmodule Guild.Events.Event do\n  use Ecto.Schema\n\n  schema "events" do\n    field :title, :string\n    field :starts_at, :utc_datetime\n    field :state, Ecto.Enum, values: [:draft, :open, :locked, :done], default: :draft\n  end\nend\n',
  'lib/guild/payments.ex':
    'defmodule Guild.Payments do\n  @callback charge(integer(), String.t()) :: {:ok, map()} | {:error, term()}\n\n  def impl, do: Application.get_env(:guild, :payments, Guild.Payments.Mollie)\nend\n',
  'lib/guild/payments/mollie.ex':
    'defmodule Guild.Payments.Mollie do\n  @behaviour Guild.Payments\n  @base "https://api.mollie.com/v2"\n\n  @impl true\n  def charge(cents, token), do: Req.post(@base <> "/payments", json: %{amount: cents, token: token}, receive_timeout: 8_000)\nend\n',
  'lib/guild/presence.ex':
    'defmodule Guild.Presence do\n  use Phoenix.Presence, otp_app: :guild, pubsub_server: Guild.PubSub\nend\n',
  'lib/guild/release.ex':
    'defmodule Guild.Release do\n  def migrate, do: :ok\n  def rollback(_repo, _version), do: :ok\nend\n',
  'lib/guild/repo.ex':
    'defmodule Guild.Repo do\n  use Ecto.Repo, otp_app: :guild, adapter: Ecto.Adapters.Postgres\nend\n',
  'lib/guild/rosters.ex':
    'defmodule Guild.Rosters do\n  alias Guild.Rosters.Slot\n\n  @max_slots 40\n\n  def list_slots(event_id), do: []\n  def sign_up(event_id, user, opts \\\\ [])\n  def sign_up(_event_id, _user, _opts), do: {:error, :full}\n  def withdraw(%Slot{} = slot), do: {:ok, slot}\nend\n',
  'lib/guild/rosters/slot.ex':
    'defmodule Guild.Rosters.Slot do\n  use Ecto.Schema\n\n  schema "roster_slots" do\n    field :note, :string\n    belongs_to :user, Guild.Accounts.User\n    belongs_to :event, Guild.Events.Event\n  end\nend\n',
  'lib/guild/workers/digest_worker.ex':
    'defmodule Guild.Workers.DigestWorker do\n  use Oban.Worker, queue: :mail, max_attempts: 4, unique: [period: 3600]\n\n  @impl Oban.Worker\n  def perform(%Oban.Job{args: _args}), do: :ok\nend\n',
  'lib/guild/workers/expire_invites.ex':
    'defmodule Guild.Workers.ExpireInvites do\n  use Oban.Worker, queue: :default\n\n  @impl Oban.Worker\n  def perform(_job), do: :ok\nend\n',
  'lib/guild/workers/import_worker.ex':
    'defmodule Guild.Workers.ImportWorker do\n  use Oban.Worker, queue: :imports, max_attempts: 1\n\n  @chunk 500\n\n  @impl Oban.Worker\n  def perform(_job), do: {:ok, @chunk}\nend\n',
  'lib/guild_web/components/core_components.ex':
    'defmodule GuildWeb.CoreComponents do\n  use Phoenix.Component\n\n  attr :label, :string\n  def badge(assigns), do: ~H"<span><%= @label %></span>"\n\n  def flash_group(assigns), do: ~H""\nend\n',
  'lib/guild_web/endpoint.ex':
    'defmodule GuildWeb.Endpoint do\n  use Phoenix.Endpoint, otp_app: :guild\n\n  @session_options [store: :cookie, key: "_guild_key", signing_salt: "a", same_site: "Lax"]\n\n  socket "/live", Phoenix.LiveView.Socket\n  plug Plug.Static, at: "/", from: :guild, gzip: true\n  plug Plug.Parsers, parsers: [:urlencoded, :multipart, :json], length: 4_000_000\n  plug Plug.Session, @session_options\n  plug GuildWeb.Router\nend\n',
  'lib/guild_web/live/event_live/index.ex':
    'defmodule GuildWeb.EventLive.Index do\n  use GuildWeb, :live_view\n\n  @per_page 24\n\n  def mount(_params, _session, socket), do: {:ok, stream(socket, :events, [])}\n  def handle_event("load-more", _params, socket), do: {:noreply, socket}\nend\n',
  'lib/guild_web/live/event_live/show.ex':
    'defmodule GuildWeb.EventLive.Show do\n  use GuildWeb, :live_view\n\n  def handle_event("sign-up", _params, socket), do: {:noreply, socket}\n  def handle_info({:roster_changed, _id}, socket), do: {:noreply, socket}\nend\n',
  'lib/guild_web/live/home_live.ex':
    'defmodule GuildWeb.HomeLive do\n  use GuildWeb, :live_view\n\n  def render(assigns), do: ~H"<h1>Guild</h1>"\nend\n',
  'lib/guild_web/plugs/rate_limit.ex':
    'defmodule GuildWeb.Plugs.RateLimit do\n  import Plug.Conn\n\n  def init(opts), do: opts\n  def call(conn, _opts), do: put_resp_header(conn, "x-ratelimit-remaining", "1")\nend\n',
  'lib/guild_web/plugs/set_locale.ex':
    'defmodule GuildWeb.Plugs.SetLocale do\n  @locales ~w(en nl de)\n\n  def init(opts), do: opts\n  def call(conn, _opts), do: conn\nend\n',
  'lib/guild_web/router.ex':
    'defmodule GuildWeb.Router do\n  use GuildWeb, :router\n\n  pipeline :browser do\n    plug :accepts, ["html"]\n    plug :fetch_session\n    plug :protect_from_forgery\n    plug GuildWeb.Plugs.SetLocale\n  end\n\n  pipeline :api do\n    plug :accepts, ["json"]\n    plug GuildWeb.Plugs.RateLimit, per_minute: 90\n  end\n\n  scope "/", GuildWeb do\n    pipe_through :browser\n\n    live "/", HomeLive\n    live "/events", EventLive.Index\n    live "/events/:id", EventLive.Show\n    get "/invite/:token", InviteController, :accept\n    delete "/logout", SessionController, :delete\n  end\n\n  scope "/api/v1", GuildWeb.Api do\n    pipe_through :api\n\n    resources "/events", EventController, only: [:index, :show]\n    post "/webhooks/mollie", WebhookController, :mollie\n  end\n\n  get "/up", GuildWeb.HealthController, :show\nend\n',
  'priv/gettext/de/LC_MESSAGES/default.po': 'msgid ""\n',
  'priv/gettext/nl/LC_MESSAGES/default.po': 'msgid ""\n',
  'priv/repo/migrations/20240212090000_create_users.exs':
    'defmodule Guild.Repo.Migrations.CreateUsers do\n  use Ecto.Migration\n\n  def change do\n    create table(:users, primary_key: false) do\n      add :email, :citext, null: false\n    end\n\n    create unique_index(:users, [:email])\n  end\nend\n',
  'priv/repo/migrations/20240305101500_create_events.exs':
    'defmodule Guild.Repo.Migrations.CreateEvents do\n  use Ecto.Migration\n\n  def change do\n    create table(:events) do\n      add :title, :string\n    end\n\n    create table(:roster_slots) do\n      add :event_id, references(:events, on_delete: :delete_all)\n    end\n  end\nend\n',
  'priv/repo/migrations/20241018074500_drop_badges.exs':
    'defmodule Guild.Repo.Migrations.DropBadges do\n  use Ecto.Migration\n\n  def change do\n    drop table(:badges)\n  end\nend\n',
  'priv/repo/seeds.exs': 'Guild.Accounts.register_user(%{email: "owner@guild.test"})\n',
  'rel/overlays/bin/migrate': '#!/bin/sh\nexec ./guild eval Guild.Release.migrate\n',
  'rel/overlays/bin/server': '#!/bin/sh\nPHX_SERVER=true exec ./guild start\n',
  'test/guild/accounts_test.exs':
    'defmodule Guild.AccountsTest do\n  use Guild.DataCase, async: true\n\n  describe "register_user/1" do\n    test "refuses short passwords" do\n    end\n  end\nend\n',
  'test/guild_web/features/sign_up_test.exs':
    'defmodule GuildWeb.Features.SignUpTest do\n  use ExUnit.Case\n  use Wallaby.Feature\n\n  @moduletag :feature\nend\n',
  'test/support/data_case.ex': 'defmodule Guild.DataCase do\n  use ExUnit.CaseTemplate\nend\n',
  'test/support/factory.ex':
    'defmodule Guild.Factory do\n  use ExMachina.Ecto, repo: Guild.Repo\n\n  def user_factory, do: %Guild.Accounts.User{}\n  def event_factory, do: %Guild.Events.Event{}\nend\n',
  'test/test_helper.exs': 'ExUnit.start(exclude: [:feature], max_failures: 20)\n',
};

export const GUILD_LINES: readonly Labelled[] = [
  // Stack.
  ['Phoenix 1.7 with LiveView 1.0 (release candidate), Elixir 1.17 on OTP 27.', 'true'],
  ['LiveView is at 0.20.', 'stale'],
  ['Elixir 1.15, OTP 26.', 'stale'],
  ['We are on Phoenix 1.8.', 'stale'],
  ['Web server is Bandit, cowboy is gone.', 'true'],
  ['HTTP is served by Cowboy (plug_cowboy).', 'stale'],
  ["HTTP client: Req. Don't add HTTPoison or Tesla.", 'true'],
  ['Outgoing HTTP goes through Finch/Tesla.', 'stale'],
  ['Jobs: Oban 2.18 (queues default 10, mail 20, imports 2).', 'true'],
  ['Background jobs are Exq on Redis.', 'stale'],
  ['There is an Oban queue called exports.', 'stale'],
  ['The mail queue has a concurrency of 5.', 'stale'],
  ['Passwords are hashed with Argon2.', 'true'],
  ['bcrypt_elixir hashes the passwords', 'stale'],
  ['Mail: Swoosh; Postmark in production, the Test adapter in tests.', 'true'],
  ['Production mail goes out over SendGrid.', 'stale'],
  ['Cachex holds rosters in memory.', 'true'],
  ['ConCache is used for caching.', 'stale'],
  ['Money amounts use ex_money.', 'stale'],
  ['Translations through Gettext: English, Dutch and German.', 'true'],
  ['Locales: en, nl, de, fr', 'stale'],
  ['Postgres 16 in compose, published on 5442.', 'true'],
  ['Dev Postgres is on the default port 5432 of localhost.', 'stale'],
  ['Mailpit UI: localhost:8027', 'true'],
  ["Mailpit's web UI is at http://localhost:8025.", 'stale'],
  ["Tailwind 3.4 and esbuild come through the mix packages, there's no package.json.", 'true'],
  ['Frontend deps are in assets/package.json.', 'stale'],
  ['Factories: ExMachina in test/support/factory.ex.', 'true'],
  ['Mocks with Mox.', 'true'],
  ['Mocks are done with Mimic.', 'stale'],
  ["Browser tests use Wallaby and are tagged :feature; they're excluded by default.", 'true'],
  ['Feature tests use Hound.', 'stale'],
  ['Static checks: credo --strict, dialyzer, sobelow.', 'true'],
  ['doctor checks that modules have docs.', 'stale'],
  // Commands.
  ['First time: mix setup, afterwards mix phx.server', 'true'],
  ['`mix setup` is gone, use `mix bootstrap`.', 'stale'],
  ['mix precommit before pushing (formats, credo, sobelow, tests).', 'true'],
  ['Run `mix ci` before pushing.', 'stale'],
  ['`mix ecto.reset` drops and rebuilds the database.', 'true'],
  ['mix ecto.seed loads demo data', 'stale'],
  ['Seeds are in priv/repo/seeds.exs.', 'true'],
  ['mix assets.build is part of the release', 'stale'],
  ['mix assets.deploy is run in the builder stage.', 'true'],
  ['`mix guild.import FILE` imports members.', 'stale'],
  ['Only feature tests: mix test --only feature', 'true'],
  ['mix test test/guild/accounts_test.exs', 'true'],
  ['mix test test/guild/rosters_test.exs', 'stale'],
  ['The release has two scripts, bin/server and bin/migrate.', 'true'],
  ['bin/console opens a remote shell.', 'stale'],
  ['Lines are at most 110 wide, mix format takes care.', 'true'],
  ['mix format wraps at 98', 'stale'],
  ['Credo: max cyclomatic complexity 10.', 'stale'],
  ['Cyclomatic complexity above 8 fails credo.', 'true'],
  ['Coverage must be at least 82 %.', 'true'],
  ['Coverage threshold is 90.', 'stale'],
  // Code.
  ['Contexts: Accounts, Rosters, Events, Payments.', 'true'],
  ['The Notifications context sends push messages.', 'stale'],
  ['Guild.Accounts.register_user/1 needs a password of 12 to 72 characters.', 'true'],
  ['Passwords need at least 8 characters (validate_length in user.ex).', 'stale'],
  ['`Accounts.authenticate/2` checks the password.', 'stale'],
  ['Guild.Accounts.get_user!/1 raises when nobody has that id', 'stale'],
  ['An account locks after 6 failed logins (@max_failed_logins).', 'true'],
  ['@max_failed_logins is 5', 'stale'],
  ['Sessions last 60 days, see @session_validity_in_days.', 'stale'],
  ['Sessions are valid for 30 days.', 'true'],
  ['Roles: member, officer, owner.', 'true'],
  ['User roles are member, admin, owner (Ecto.Enum in user.ex).', 'stale'],
  ['Event states: draft -> open -> locked -> done', 'true'],
  ['An event can be :cancelled.', 'stale'],
  ['Rosters.sign_up/3 answers {:error, :full} when nothing is free.', 'true'],
  ['Rosters.sign_up/2 raises Guild.Rosters.FullError.', 'stale'],
  ['A roster has at most 40 slots.', 'true'],
  ['@max_slots = 25', 'stale'],
  ['Slots are in the table roster_slots.', 'true'],
  ['The signups table keeps who comes.', 'stale'],
  ['The badges table was dropped in October (20241018074500_drop_badges).', 'true'],
  ['Badges are stored in the badges table.', 'stale'],
  ['Emails are citext with a unique index.', 'true'],
  ['Migration 20240601120000_add_guild_settings adds settings.', 'stale'],
  ['Deleting an event deletes its slots (on_delete: :delete_all).', 'true'],
  ['Payments sit behind a behaviour; the implementation is Guild.Payments.Mollie.', 'true'],
  ['Guild.Payments.Stripe charges cards.', 'stale'],
  ['Mollie requests time out after 8 s.', 'true'],
  ['receive_timeout for Mollie is 15_000', 'stale'],
  ['DigestWorker: queue mail, 4 attempts, unique for an hour.', 'true'],
  ['DigestWorker tries 10 times.', 'stale'],
  ['ImportWorker runs on the default queue.', 'stale'],
  ['Imports go in chunks of 500.', 'true'],
  ['ExpireInvites runs every 15 minutes, the digest at 6:00.', 'true'],
  ['The digest goes out at 08:00.', 'stale'],
  ['ReminderWorker mails people the day before.', 'stale'],
  ['Invites are valid 72 hours (invite_ttl_hours).', 'true'],
  ['invite_ttl_hours: 48', 'stale'],
  ['Oban keeps finished jobs for a week.', 'true'],
  ['API: /api/v1, 90 requests a minute.', 'true'],
  ['RateLimit allows 60 per minute.', 'stale'],
  ['GET /api/v2/events lists events.', 'stale'],
  ['POST /api/v1/webhooks/mollie gets payment updates.', 'true'],
  ['Stripe calls /api/v1/webhooks/stripe.', 'stale'],
  ['Health check: GET /up', 'true'],
  ['fly checks /healthz', 'stale'],
  ['/invite/:token is handled by InviteController.accept', 'true'],
  ['LiveView for profiles: live "/profile", ProfileLive.', 'stale'],
  ['EventLive.Show reacts to {:roster_changed, id}.', 'true'],
  ['EventLive.Index pages by 50.', 'stale'],
  ['EventLive.Form is the modal to edit an event.', 'stale'],
  ['badge and flash_group are in core_components.ex.', 'true'],
  ['CoreComponents.avatar draws the picture.', 'stale'],
  ['The Countdown hook is in assets/js/hooks/countdown.js.', 'true'],
  ['assets/js/hooks/infinite_scroll.js loads more events.', 'stale'],
  ['Uploads are limited to 4 MB (Plug.Parsers length).', 'true'],
  ['The session cookie is called _guild_session.', 'stale'],
  ['Session cookie: _guild_key, SameSite Lax.', 'true'],
  ['GuildWeb.Plugs.RequireOfficer guards officer pages.', 'stale'],
  ['IDs of users are UUIDs (binary_id).', 'true'],
  ['Supervisor strategy is one_for_one.', 'true'],
  ['Guild.Telemetry is started in the supervision tree.', 'stale'],
  // Environments.
  ['Prod needs DATABASE_URL, SECRET_KEY_BASE and POSTMARK_API_KEY.', 'true'],
  ['MOLLIE_API_KEY has to be set on Fly.', 'stale'],
  ['POOL_SIZE defaults to 10 in prod.', 'stale'],
  ['POOL_SIZE 15 unless set.', 'true'],
  ['Dev server: http://localhost:4010', 'true'],
  ['Open http://localhost:4000 after mix phx.server.', 'stale'],
  ['On Fly the app listens on 8080 (PORT in fly.toml).', 'true'],
  ['Fly region is fra.', 'stale'],
  ['Fly: guild-prod in ams, two machines always running, 1 GB each.', 'true'],
  ['Deploys are rolling (strategy in fly.toml).', 'stale'],
  ["Migrations run as Fly's release_command.", 'true'],
  ['Deployed to Gigalixir.', 'stale'],
  ['Dockerfile stages are builder and runner, runs as nobody.', 'true'],
  ['The final image is Alpine based.', 'stale'],
  ['CI splits tests into three partitions.', 'true'],
  ['CI runs mix test in 4 partitions.', 'stale'],
  ['deploy runs only on main after test and dialyzer.', 'true'],
  ['The credo job is required.', 'stale'],
  ['Beam versions in CI come from .tool-versions.', 'true'],
  ['Version 0.31.0 in mix.exs.', 'true'],
  ['Current release: 0.30.2.', 'stale'],
  ['Decision about Mollie: docs/adr/0004-mollie.md', 'true'],
  ['ADR 5 (docs/adr/0005-oban-pro.md) explains queues.', 'stale'],
  // Others.
  ['No Redis anywhere in this project.', 'true'],
  ['We have no rate limiting yet.', 'stale'],
  ["Dialyzer isn't set up.", 'stale'],
  ['Umbrella? No, one app.', 'true'],
  ['apps/guild_web holds the web part of the umbrella.', 'stale'],
  ['logger metadata: request_id and guild_id', 'true'],
  ['Would be nice to have push notifications one day.', 'unknown'],
  ['Going to try Ash for the next context.', 'unknown'],
  ['Officers complain about the calendar on phones.', 'unknown'],
  ['Mieke decides about wording.', 'unknown'],
  ['Prefer pattern matching in function heads over case.', 'unknown'],
  ['Tests that take longer than a second need a reason.', 'unknown'],
  ['The person pairs on Tuesdays.', 'unknown'],
  ['Discord server for testers: ask Joris.', 'unknown'],
];
