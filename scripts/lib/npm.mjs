// Runs npm from any script: the npm that runs us where there is one, without what `npm run` leaks into its children.
import { spawn } from 'node:child_process';

/** The environment for a nested npm: `npm run` tells its children which package they are in, and that misleads it. */
function cleanEnvironment() {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^npm_(package|lifecycle)_|^npm_config_(local_prefix|prefix)$|^INIT_CWD$/i.test(name),
    ),
  );
}

/**
 * @param {string[]} args
 * @param {string} cwd
 * @returns {Promise<void>} rejects with npm's own words when it fails
 */
export function npm(args, cwd) {
  const own = process.env.npm_execpath?.endsWith('.js') ? process.env.npm_execpath : undefined;
  const windows = process.platform === 'win32';
  const [command, full] = own ? [process.execPath, [own, ...args]] : [windows ? 'npm.cmd' : 'npm', args];
  return new Promise((resolve, reject) => {
    const child = spawn(command, full, {
      cwd,
      env: cleanEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: windows && !own,
    });
    let said = '';
    const keep = (chunk) => {
      said = (said + chunk).slice(-4_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`npm ${args.join(' ')} failed in ${cwd}:\n${said}`));
    });
  });
}
