// A small TypeScript service whose code follows twenty conventions, ten of them of unusual kinds.
import { commitsOf, type Plant, type Planted } from './planted.ts';

const PLANTS: readonly Plant[] = [
  { what: 'kebab-case file names', claim: /kebab-case/i, heldOut: false },
  { what: 'tests beside the sources as *.spec.ts', claim: /\.spec\.ts/, heldOut: false },
  { what: 'relative imports carry .js', claim: /relative imports.*\.js/i, heldOut: false },
  { what: 'no semicolons', claim: /semicolons/i, heldOut: false },
  { what: 'single quotes', claim: /single quotes/i, heldOut: false },
  { what: 'tabs', claim: /\btabs\b/i, heldOut: false },
  { what: 'named exports only', claim: /named exports/i, heldOut: false },
  { what: 'pnpm', claim: /pnpm/, heldOut: false },
  { what: 'pnpm test runs vitest', claim: /pnpm (?:run )?test\b.*vitest/, heldOut: false },
  { what: 'Conventional Commits', claim: /conventional commits/i, heldOut: false },
  { what: 'SPDX header first', claim: /SPDX-License-Identifier: MPL-2\.0/, heldOut: true },
  { what: 'every handler file exports handle', claim: /src\/handlers.*\bhandle\b/, heldOut: true },
  { what: 'log.* instead of console', claim: /\blog\b.*console/, heldOut: true },
  {
    what: 'failures extend DomainError and are named …Failure',
    claim: /DomainError.*Failure|Failure.*DomainError/,
    heldOut: true,
  },
  { what: 'amounts of money end in Cents', claim: /Cents/, heldOut: true },
  { what: 'repository functions take db first', claim: /\bdb\b.*first|first.*\bdb\b/i, heldOut: true },
  { what: 'event names are lower case with dots', claim: /publish.*\bdot/i, heldOut: true },
  { what: 'migrations numbered with four digits', claim: /migrations.*(?:number|digit)/i, heldOut: true },
  { what: 'TODO comments carry a ticket', claim: /TODO.*(?:ticket|SHOP)/, heldOut: true },
  { what: 'time comes from the clock, not from Date', claim: /clock/, heldOut: true },
];

const SPDX = '// SPDX-License-Identifier: MPL-2.0';
const THINGS = [
  'order',
  'price-list',
  'customer',
  'stock-item',
  'invoice',
  'gift-card',
  'shipment',
  'tax-rate',
  'return-note',
  'credit-line',
];
const words = (kebab: string): string[] => kebab.split('-');
const camel = (kebab: string): string =>
  words(kebab)
    .map((w, i) => (i === 0 ? w : w[0]?.toUpperCase() + w.slice(1)))
    .join('');
const pascal = (kebab: string): string =>
  words(kebab)
    .map((w) => w[0]?.toUpperCase() + w.slice(1))
    .join('');

function thingFiles(thing: string, i: number): Record<string, string> {
  const C = pascal(thing);
  const c = camel(thing);
  return {
    [`src/handlers/${thing}-handler.ts`]: `${SPDX}
import { clock } from '../clock.js'
import { publish } from '../events.js'
import { log } from '../log.js'
import { find${C}, save${C} } from '../repositories/${thing}-repository.js'
import { ${C}MissingFailure } from '../failures/${thing}-failure.js'
import type { Database } from '../database.js'

export async function handle(db: Database, id: string) {
	const found = await find${C}(db, id)
	if (!found) {
		log.warn('${thing} is missing', { id })
		throw new ${C}MissingFailure(id)
	}
	const changedAt = clock.now()
	await save${C}(db, { ...found, changedAt })
	await publish('${thing.replace('-', '.')}.changed', { id })
	log.info('${thing} was changed', { id })
}
`,
    [`src/repositories/${thing}-repository.ts`]: `${SPDX}
import type { Database } from '../database.js'

export interface ${C} {
	id: string
	totalCents: number
	feeCents: number
	changedAt: string
}

export async function find${C}(db: Database, id: string): Promise<${C} | undefined> {
	return db.one('select * from ${c} where id = ?', [id])
}

// TODO(SHOP-${100 + i}): batch these writes
export async function save${C}(db: Database, row: ${C}): Promise<void> {
	await db.run('update ${c} set total_cents = ? where id = ?', [row.totalCents, row.id])
}
`,
    [`src/failures/${thing}-failure.ts`]: `${SPDX}
import { DomainError } from './domain-error.js'

export class ${C}MissingFailure extends DomainError {
	constructor(id: string) {
		super(\`There is no ${thing} \${id}.\`)
	}
}
`,
    [`src/handlers/${thing}-handler.spec.ts`]: `${SPDX}
import { describe, expect, it } from 'vitest'
import { fakeDatabase } from '../fake-database.js'
import { handle } from './${thing}-handler.js'

describe('${thing}', () => {
	it('fails when it is missing', async () => {
		const db = fakeDatabase()
		await expect(handle(db, 'none')).rejects.toThrow('There is no')
	})
})
`,
    [`migrations/${String(i + 1).padStart(4, '0')}-create-${thing}.sql`]: `create table ${c} (id text primary key, total_cents integer not null);\n`,
  };
}

export const SHOP: Planted = {
  name: 'shop (TypeScript)',
  plants: PLANTS,
  files: Object.assign(
    {
      'package.json': `${JSON.stringify(
        {
          name: 'shop',
          private: true,
          type: 'module',
          packageManager: 'pnpm@9.12.0',
          engines: { node: '>=22' },
          scripts: { build: 'tsc -p .', test: 'vitest run', dev: 'tsx watch src/main.ts' },
          devDependencies: { typescript: '^5.6.0', vitest: '^2.1.0', tsx: '^4.0.0' },
        },
        null,
        2,
      )}\n`,
      'pnpm-lock.yaml': "lockfileVersion: '9.0'\n",
      'README.md':
        '# Shop\n\nTakes orders and sends invoices for a small web shop.\n\n## Use\n\nRun it with `pnpm dev`.\n',
      'tsconfig.json': '{\n\t"compilerOptions": {\n\t\t"strict": true,\n\t\t"module": "nodenext"\n\t}\n}\n',
      'node_modules/left-pad/index.js': 'var x = "ignored";\n',
      'src/main.ts': `${SPDX}\nimport { log } from './log.js'\n\nlog.info('shop is up')\n`,
      'src/clock.ts': `${SPDX}\nexport const clock = {\n\tnow: () => new Date().toISOString(),\n}\n`,
      'src/database.ts': `${SPDX}\nexport interface Database {\n\tone<T>(sql: string, values: unknown[]): Promise<T | undefined>\n\trun(sql: string, values: unknown[]): Promise<void>\n}\n`,
      'src/fake-database.ts': `${SPDX}\nimport type { Database } from './database.js'\n\nexport function fakeDatabase(): Database {\n\treturn { one: async () => undefined, run: async () => {} }\n}\n`,
      'src/events.ts': `${SPDX}\nexport async function publish(name: string, body: object): Promise<void> {\n\tvoid name\n\tvoid body\n}\n`,
      'src/log.ts': `${SPDX}\nexport const log = {\n\tinfo: (text: string, more: object = {}) => write('info', text, more),\n\twarn: (text: string, more: object = {}) => write('warn', text, more),\n}\n\nfunction write(level: string, text: string, more: object): void {\n\tprocess.stdout.write(JSON.stringify({ level, text, ...more }))\n}\n`,
      'src/failures/domain-error.ts': `${SPDX}\nexport class DomainError extends Error {\n\toverride name = 'DomainError'\n}\n`,
    },
    ...THINGS.map(thingFiles),
  ),
  commits: commitsOf(THINGS.flatMap((t) => [`feat(${t}): store it`, `fix(${t}): round the total`, `test: cover ${t}`])),
  branches: ['main', 'feat/gift-cards', 'feat/tax', 'fix/rounding'],
};
