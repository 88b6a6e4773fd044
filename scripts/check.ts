// Types, lint, format, architecture, unused code, sizes, manifest.
import { runChecks } from './lib/checks.ts';
import { inWords } from './lib/tier.ts';

const result = await runChecks();
process.stdout.write(`${inWords(result)}\n`);
process.exitCode = result.failed > 0 ? 1 : 0;
