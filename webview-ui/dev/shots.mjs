// Photographs the scenes: `node webview-ui/dev/shots.mjs FOLDER [scene,scene] [theme,theme] [width,width] [language]`.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { ensureBrowser } from '../../scripts/lib/browser.ts';
import { buildPage, servePage } from './harness.ts';
import { SCENES } from './scenes.ts';

const [
  folder = '.cache/shots',
  scenes = Object.keys(SCENES).join(),
  themes = 'dark,light,hc-dark',
  widths = '240,320,600',
  lang = '',
] = process.argv.slice(2);

mkdirSync(folder, { recursive: true });
await buildPage();
const server = await servePage();
const browser = await chromium.launch({
  executablePath: await ensureBrowser(),
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  for (const theme of themes.split(',')) {
    for (const width of widths.split(',').map(Number)) {
      const page = await browser.newPage({ viewport: { width, height: 760 } });
      page.on('pageerror', (error) => console.error(theme, width, error.message));
      for (const scene of scenes.split(',')) {
        await page.goto(`${server.url}/?scene=${scene}&theme=${theme}&lang=${lang}`);
        await page.waitForSelector('[data-scene=there]', { state: 'attached' });
        await page.waitForTimeout(250);
        await page.screenshot({ path: join(folder, `${scene}-${theme}-${width}.png`) });
        const violations = await page.evaluate('window.violations');
        if (Array.isArray(violations) && violations.length > 0) console.error(scene, theme, violations);
        const wide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
        if (wide) console.error(scene, theme, width, 'is wider than the page');
      }
      await page.close();
    }
  }
} finally {
  await browser.close();
  server.close();
}
