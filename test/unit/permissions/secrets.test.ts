// What is a secret and what only looks like one; masking leaves nothing, and no text makes it slow.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SECRET_FORMATS, SECRET_PLACES } from '../../../src/permissions/secret-formats.ts';
import { findSecrets, MASK, maskSecrets } from '../../../src/permissions/secrets.ts';
import { worked } from '../../support/worked.ts';

/** The same "random" letters each time; put together here so that no scanner of sources takes them for real. */
const pick = (alphabet: string, n: number): string => {
  let state = 12345;
  let word = '';
  for (let i = 0; i < n; i++) {
    state = (state * 1103515245 + 12345) % 2147483648;
    word += alphabet[Math.floor(state / 65536) % alphabet.length] ?? '';
  }
  return word;
};
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const A = (n: number) => pick(`${LOWER}${LOWER.toUpperCase()}0123456789`, n);
const H = (n: number) => pick('0123456789abcdef', n);
const U = (n: number) => pick('ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', n);
const L = (n: number) => pick(`${LOWER}0123456789`, n);
const D = (n: number) => pick('123456789', n);
const uuid = `${H(8)}-${H(4)}-${H(4)}-${H(4)}-${H(12)}`;

/** Format, and a text in which exactly the part between ⟦ and ⟧ is secret. */
const POSITIVE: readonly (readonly [string, string])[] = [
  ['AWS access key', `⟦AKIA${U(16)}⟧`],
  ['AWS session key', `⟦ASIA${U(16)}⟧`],
  ['AWS secret', `aws_secret_access_key = ⟦${A(40)}⟧`],
  ['AWS Bedrock', `⟦ABSK${A(120)}⟧`],
  ['Google API / Gemini', `⟦AIza${A(35)}⟧`],
  ['Google OAuth secret', `⟦GOCSPX-${A(28)}⟧`],
  ['Google OAuth token', `⟦ya29.${A(60)}⟧`],
  ['Google refresh token', `⟦1//0${A(40)}⟧`],
  ['Azure storage', `DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=⟦${A(86)}==⟧;EndpointSuffix=x`],
  ['Azure service bus', `Endpoint=sb://acme/;SharedAccessKeyName=root;SharedAccessKey=⟦${A(43)}=⟧`],
  ['Azure SAS', `?sv=2024-01-01&sig=⟦${A(43)}%3D⟧`],
  ['Azure client secret', `⟦${A(3)}8Q~${A(34)}⟧`],
  ['Azure DevOps', `⟦${A(76)}AZDO${A(4)}⟧`],
  ['DigitalOcean', `⟦dop_v1_${H(64)}⟧`],
  ['Heroku new', `⟦HRKU-${A(40)}⟧`],
  ['Heroku old', `HEROKU_API_KEY=⟦${uuid}⟧`],
  ['Cloudflare', `CLOUDFLARE_API_TOKEN=⟦${A(40)}⟧`],
  ['Cloudflare origin CA', `⟦v1.0-${H(24)}-${H(146)}⟧`],
  ['Alibaba', `⟦LTAI${A(20)}⟧`],
  ['Tencent', `⟦AKID${A(32)}⟧`],
  ['Fly.io', `⟦fm2_${A(80)}⟧`],
  ['Netlify', `⟦nfp_${A(40)}⟧`],
  ['Supabase', `⟦sbp_${H(40)}⟧`],
  ['PlanetScale', `⟦pscale_tkn_${A(43)}⟧`],
  ['GitHub classic', `⟦ghp_${A(36)}⟧`],
  ['GitHub OAuth', `⟦gho_${A(36)}⟧`],
  ['GitHub app', `⟦ghs_${A(36)}⟧`],
  ['GitHub fine-grained', `⟦github_pat_${A(22)}_${A(59)}⟧`],
  ['GitLab', `⟦glpat-${A(20)}⟧`],
  ['GitLab deploy', `⟦gldt-${A(20)}⟧`],
  ['Bitbucket', `⟦ATBB${A(32)}⟧`],
  ['Atlassian', `⟦ATATT3xFf${A(100)}⟧`],
  ['npm', `⟦npm_${A(36)}⟧`],
  ['.npmrc', `//registry.npmjs.org/:_authToken=⟦${A(36)}⟧`],
  ['PyPI', `⟦pypi-AgEIcHlwaS5vcmc${A(80)}⟧`],
  ['RubyGems', `⟦rubygems_${H(48)}⟧`],
  ['crates.io', `⟦cio${A(32)}⟧`],
  ['NuGet', `⟦oy2${L(43)}⟧`],
  ['Docker', `⟦dckr_pat_${A(27)}⟧`],
  ['Docker config', `{"auths":{"x":{"auth":"⟦${A(24)}⟧"}}}`],
  ['Hugging Face', `⟦hf_${A(34)}⟧`],
  ['OpenAI classic', `⟦sk-${A(48)}⟧`],
  ['OpenAI project', `⟦sk-proj-${A(60)}_${A(40)}-${A(20)}⟧`],
  ['Anthropic', `⟦sk-ant-api03-${A(86)}-${A(6)}AA⟧`],
  ['OpenRouter', `⟦sk-or-v1-${H(64)}⟧`],
  ['Letta', `⟦sk-let-${A(60)}⟧`],
  ['Groq', `⟦gsk_${A(52)}⟧`],
  ['xAI', `⟦xai-${A(80)}⟧`],
  ['Perplexity', `⟦pplx-${A(48)}⟧`],
  ['Replicate', `⟦r8_${A(37)}⟧`],
  ['NVIDIA', `⟦nvapi-${A(64)}⟧`],
  ['LangSmith', `⟦lsv2_pt_${H(32)}_${H(10)}⟧`],
  ['Slack bot', `⟦xoxb-${D(12)}-${D(12)}-${A(24)}⟧`],
  ['Slack app', `⟦xapp-1-${U(11)}-${D(13)}-${H(64)}⟧`],
  ['Slack webhook', `https://hooks.slack.com/services/⟦T${U(8)}/B${U(8)}/${A(24)}⟧`],
  ['Discord webhook', `https://discord.com/api/webhooks/⟦${D(18)}/${A(68)}⟧`],
  ['Discord bot', `⟦M${A(25)}.${A(6)}.${A(38)}⟧`],
  ['Telegram', `⟦${D(10)}:AA${A(33)}⟧`],
  ['Twilio', `⟦SK${H(32)}⟧`],
  ['SendGrid', `⟦SG.${A(22)}.${A(43)}⟧`],
  ['Mailgun', `⟦key-${H(32)}⟧`],
  ['Mailgun new', `⟦${H(32)}-${H(8)}-${H(8)}⟧`],
  ['Mailchimp', `⟦${H(32)}-us12⟧`],
  ['Brevo', `⟦xkeysib-${H(64)}-${A(16)}⟧`],
  ['Postman', `⟦PMAK-${H(24)}-${H(34)}⟧`],
  ['Stripe', `⟦sk_live_${A(24)}⟧`],
  ['Stripe restricted', `⟦rk_test_${A(24)}⟧`],
  ['Stripe webhook', `⟦whsec_${A(32)}⟧`],
  ['Square', `⟦sq0atp-${A(22)}⟧`],
  ['Shopify', `⟦shpat_${H(32)}⟧`],
  ['Linear', `⟦lin_api_${A(40)}⟧`],
  ['Notion', `⟦ntn_${A(46)}⟧`],
  ['Notion old', `⟦secret_${A(43)}⟧`],
  ['Figma', `⟦figd_${A(40)}⟧`],
  ['Airtable', `⟦pat${A(14)}.${H(64)}⟧`],
  ['HubSpot', `⟦pat-na1-${uuid}⟧`],
  ['Databricks', `⟦dapi${H(32)}⟧`],
  ['Vault', `⟦hvs.${A(90)}⟧`],
  ['Terraform Cloud', `⟦${A(14)}.atlasv1.${A(67)}⟧`],
  ['Doppler', `⟦dp.pt.${A(43)}⟧`],
  ['Pulumi', `⟦pul-${H(40)}⟧`],
  ['Sentry', `⟦sntrys_${A(80)}⟧`],
  ['Sentry DSN', `https://⟦${H(32)}⟧@o123.ingest.sentry.io/42`],
  ['Datadog', `DD_API_KEY=⟦${H(32)}⟧`],
  ['New Relic', `⟦NRAK-${U(27)}⟧`],
  ['PagerDuty', `PAGERDUTY_TOKEN: ⟦u+${A(18)}⟧`],
  ['Grafana', `⟦glsa_${A(32)}_${H(8)}⟧`],
  ['Dynatrace', `⟦dt0c01.${U(24)}.${U(64)}⟧`],
  ['Tailscale', `⟦tskey-auth-${A(12)}-${A(32)}⟧`],
  ['JWT', `⟦eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.${A(43)}⟧`],
  ['PEM', `⟦-----BEGIN RSA PRIVATE KEY-----\n${A(64)}\n-----END RSA PRIVATE KEY-----⟧`],
  ['OpenSSH key', `⟦-----BEGIN OPENSSH PRIVATE KEY-----\n${A(64)}\n-----END OPENSSH PRIVATE KEY-----⟧`],
  ['PGP key', `⟦-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n${A(64)}\n-----END PGP PRIVATE KEY BLOCK-----⟧`],
  ['PEM cut off', `⟦-----BEGIN PRIVATE KEY-----\n${A(64)}⟧`],
  ['age key', `⟦AGE-SECRET-KEY-1${U(58)}⟧`],
  ['WireGuard', `PrivateKey = ⟦${A(43)}=⟧`],
  ['bcrypt', `⟦$2b$12$${A(53)}⟧`],
  ['password in an address', 'postgres://app:⟦hunter2⟧@db.example.com/app'],
  ['password with a sign', 'mongodb+srv://root:⟦p%40ss!w0rd⟧@cluster0.example.net'],
  ['redis', 'redis://:⟦s3cret⟧@cache:6379'],
  ['token in an address', `https://⟦${A(40)}⟧@github.example/acme/app`],
  ['query', `https://api.example.com/v1?access_token=⟦${A(24)}⟧`],
  ['connection string', 'Server=db;User Id=sa;Password=⟦hunter2⟧;Encrypt=true'],
  ['.env', 'DB_PASSWORD=⟦letmein⟧'],
  ['yaml', 'password: ⟦Summer2024!⟧'],
  ['json', '{"api_key": "⟦abcd1234efgh⟧"}'],
  ['code', "const apiKey = '⟦9f8e7d6c5b4a⟧';"],
  ['prose', 'The password is ⟦hunter22⟧'],
  ['german', 'Das Passwort lautet ⟦Sommer2024⟧'],
  ['russian', 'пароль: ⟦qwerty123⟧'],
  ['chinese', '密码：⟦abc12345⟧'],
  ['passphrase', 'passphrase: "⟦correct horse battery staple⟧"'],
  ['Bearer', `Authorization: Bearer ⟦${A(30)}⟧`],
  ['Basic', `Authorization: Basic ⟦${A(20)}==⟧`],
  ['key header', `X-Api-Key: ⟦${A(20)}⟧`],
  ['cookie', `Cookie: session=⟦${A(30)}⟧`],
  ['netrc', 'machine api.example.com login joe password ⟦s3cr3t⟧'],
  ['curl', "curl -u 'joe:⟦s3cr3t!⟧' https://example.com"],
  ['command line', 'tool login --password ⟦s3cr3t!⟧'],
  ['unknown mixed', `Use ⟦${A(40)}⟧ there`],
  ['unknown lower case', `Use ⟦${L(36)}⟧ there`],
  ['unknown base64', `Use ⟦${A(43)}=⟧ there`],
];

const NEGATIVE: readonly string[] = [
  `commit ${H(40)}`,
  `commit ${H(7)} broke it`,
  `sha256:${H(64)}`,
  `sha512-${A(86)}==`,
  `integrity sha512-${A(86)}==`,
  `md5 ${H(32)}`,
  `h1:${A(43)}=`,
  uuid,
  `agent-${uuid}`,
  `message-${uuid} was first`,
  `checksum = "${H(64)}"`,
  `10c0/${H(128)}`,
  `/nix/store/${L(32)}-bash-5.2`,
  `data:image/png;base64,${A(80)}`,
  `iVBORw0KGgo${A(80)}`,
  `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${A(43)} joe@host`,
  'src/components/UserProfile/UserProfileHeader2/UserProfileHeader2Container.test.tsx',
  '/home/joe/projects/acme-monorepo/packages/server/src/routes/index.ts',
  'getUserByIdAndOrganizationIdOrThrowNotFoundException',
  'getUserById2AndOrderItems3WithPagination4',
  'AbstractSingletonProxyFactoryBean',
  'THIS_IS_A_VERY_LONG_CONSTANT_NAME_WITH_2_NUMBERS_3',
  'some-kebab-case-name-v2-with-many-parts-2024-01-02',
  'pk_customer_orders_archive_table is the key',
  'idx_orders_customer_id_created_at_2024',
  'npm_config_registry is set',
  'task-force-one-two-three-four',
  'sk-learn is a library',
  'ghp_ is the prefix of GitHub tokens',
  'The format is sk-...',
  'AKIA is how AWS keys begin',
  'version 1.2.3-beta.4+build.5678',
  'v20.11.1',
  'node-v24.0.0-linux-x64.tar.xz',
  '2024-01-02T03:04:05.678Z',
  'https://example.com/docs/getting-started/installation-guide-2024',
  'See https://example.com/a@b',
  'https://github.com/acme/app/blob/main/src/index.ts#L10-L20',
  `https://docs.google.com/document/d/${A(44)}/edit`,
  'http://localhost:3000/api/v1/users?page=2&limit=50',
  'postgres://localhost:5432/app',
  'postgres://app@localhost/app',
  'postgres://user:password@localhost/app',
  'postgres://app:${DB_PASSWORD}@db/app',
  'redis://cache:6379/0',
  'joe@example.com',
  'password: string',
  'password: required',
  'password = process.env.DB_PASSWORD',
  'const token = createToken(user)',
  'const token = response.data.token;',
  'token: JWT in the Authorization header',
  'The token is stored in an httpOnly cookie.',
  'The password is hashed with argon2id.',
  'Passwords are hashed with bcrypt, cost 12.',
  'secret: base64',
  'The secret is base64-encoded.',
  'The API key is read from the environment.',
  'api_key: "your-api-key"',
  'api_key = <YOUR_KEY>',
  'API_KEY=xxxxxxxx',
  'PASSWORD=changeme',
  'token=${TOKEN}',
  'password: ********',
  'Authorization: Bearer <token>',
  'Authorization: Bearer ${token}',
  'Authorization happens in src/auth.',
  'Bearer tokens expire after 15 minutes.',
  'Basic authentication is switched off.',
  'Set the password in .env.local.',
  'token: src/auth/token.ts',
  'secrets: inherit',
  'secret = getSecret("db")',
  'passwordMinLength = 12',
  'password_reset_tokens is a table',
  'tokens: 8000',
  'max_tokens: 4096',
  'token limit: 128000',
  'access key = customer id + date',
  'the primary key is order_id',
  'key: value',
  'cache-key: node-modules-v3-linux',
  'The keyboard shortcut is ctrl+shift+p.',
  'colour #a1b2c3, shadow rgba(0,0,0,0.5)',
  '0123456789abcdef0123456789abcdef',
  '192.168.1.10:8080',
  'fe80::1ff:fe23:4567:890a',
  'M 10 10 L 20 20 C 30.5 40.25 50.125 60.0625 70 80 Z',
  'arn:aws:iam::123456789012:role/deploy',
  'ISBN 978-3-16-148410-0',
  'AGPL-3.0-or-later',
  'x86_64-unknown-linux-gnu',
  'com.example.acme.billing.internal.InvoiceServiceImplementation',
  'lorem ipsum dolor sit amet consectetur adipiscing elit sed do',
  '测试使用 vitest，密码存放在保险库中。',
  'The login is joe, the password he knows.',
  'user:pass is the form of basic credentials',
  'abcdefghijklmnopqrstuvwxyz0123456789',
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
];

const unmarked = (text: string): string => text.replace(/[⟦⟧]/g, '');
const expected = (text: string): string => text.replace(/⟦[\s\S]*⟧/, () => MASK);

describe('findSecrets', () => {
  test(`knows at least 40 formats by their own marks`, () => {
    expect(new Set(SECRET_FORMATS.map(({ name }) => name)).size).toBeGreaterThanOrEqual(40);
    expect(NEGATIVE.length).toBeGreaterThanOrEqual(80);
  });

  test.each(POSITIVE)('masks exactly the secret: %s', (_name, text) => {
    expect(maskSecrets(unmarked(text))).toBe(expected(text));
  });

  test.each(POSITIVE)('finds it in the middle of a sentence: %s', (_name, text) => {
    const found = findSecrets(`In this project (see below) we use ${unmarked(text)}\nand nothing else.`);
    expect(found.length).toBeGreaterThan(0);
  });

  test.each(NEGATIVE)('leaves alone: %j', (text) => {
    expect(findSecrets(text)).toEqual([]);
    expect(maskSecrets(text)).toBe(text);
  });
});

describe('maskSecrets', () => {
  const piece = fc.oneof(
    fc.constantFrom(...POSITIVE.map(([, text]) => unmarked(text))),
    fc.constantFrom(...NEGATIVE),
    fc.string({ unit: 'grapheme', maxLength: 20 }),
    fc.constantFrom(
      ' ',
      '\n',
      '=',
      ': ',
      '"',
      "'",
      'password',
      'token=',
      MASK,
      '://',
      '@',
      '-----BEGIN PRIVATE KEY-----',
    ),
  );

  test('leaves no secret, whatever stands side by side, and changes nothing the second time', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const masked = maskSecrets(pieces.join(''));
        expect(findSecrets(masked)).toEqual([]);
        expect(maskSecrets(masked)).toBe(masked);
      }),
      { numRuns: 1_500 },
    );
  });

  test('is quick about 30 KB that try to be slow', () => {
    const baits = [...new Set([...SECRET_FORMATS, ...SECRET_PLACES].flatMap(({ hints }) => hints))];
    const shapes = baits.flatMap((hint) => [hint, `-${hint}`, `${hint} `, `${hint}a`, `${hint}=`]);
    for (const bait of [
      ...shapes,
      'a',
      'A1',
      'password=',
      'password is ',
      '-----BEGIN PRIVATE KEY-----',
      '://a:',
      'machine a login ',
      'a.b.',
      ' ',
      '\n',
      '"',
    ]) {
      const text = bait.repeat(Math.ceil(30_000 / bait.length));
      const start = worked();
      findSecrets(text);
      expect(worked() - start, JSON.stringify(bait)).toBeLessThan(1_500);
    }
  }, 120_000);
});
