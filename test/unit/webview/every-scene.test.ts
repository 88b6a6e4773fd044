// Every state of every view in Chromium, with real layout and colours: what axe finds in four themes, what a keyboard, a zoomed
// window and a person without motion meet. In German: its words are longer, and what nobody has translated is seen.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPage, MARKS, servePage } from '../../../webview-ui/dev/harness.ts';
import { SCENES } from '../../../webview-ui/dev/scenes.ts';
import { launchBrowser } from '../../e2e/harness/kit.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const THEMES = ['dark', 'light', 'hc-dark', 'hc-light'] as const;
/** As narrow as a side bar is promised to work. */
const NARROW = { width: 220, height: 760 };
/** A window of 640 x 760 at 200 %: half as many pixels of CSS both ways. */
const ZOOMED = { width: 320, height: 380 };
/** So long a movement is none. */
const INSTANT_S = 0.01;

let browser: Browser;
let served: Awaited<ReturnType<typeof servePage>>;

beforeAll(async () => {
  [browser, served] = await Promise.all([launchBrowser(), buildPage().then(() => servePage())]);
});

afterAll(async () => {
  await browser?.close();
  served?.close();
});

async function withScene<T>(scene: string, look: (page: Page) => Promise<T>): Promise<T> {
  const page = await browser.newPage({ viewport: NARROW, reducedMotion: 'reduce' });
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  try {
    await page.goto(`${served.url}/?scene=${scene}&theme=dark&lang=de&marked`);
    await page.locator('html[data-scene=there]').waitFor({ state: 'attached' });
    const seen = await look(page);
    expect([...errors, ...(await page.evaluate(() => (globalThis as unknown as Seen).violations))]).toEqual([]);
    return seen;
  } finally {
    await page.close();
  }
}

/** What the dev page and axe put into the window. */
interface Seen {
  violations: string[];
  said: string[];
  applyTheme(name: string): void;
  axe: typeof import('axe-core');
}

/** @returns one line for each element that axe finds something wrong with */
async function axeIn(page: Page, theme: (typeof THEMES)[number]): Promise<string[]> {
  // What is not a colour is the same in every theme.
  const only = theme === 'dark' ? undefined : ['color-contrast'];
  return await page.evaluate(
    async ({ theme, only }) => {
      const { applyTheme, axe } = globalThis as unknown as Seen;
      applyTheme(theme);
      const { violations } = await axe.run(document, {
        ...(only ? { runOnly: only } : {}),
        // A view is a part of VS Code's window, not a page with a title of its own.
        rules: { 'page-has-heading-one': { enabled: false } },
        resultTypes: ['violations'],
      });
      return violations.flatMap(({ id, nodes }) =>
        nodes.map(({ html, any }) => `${theme}: ${id}: ${html.slice(0, 160)} ${any[0]?.message ?? ''}`),
      );
    },
    { theme, only },
  );
}

/** Opens what can be opened in place: folds, sections, details. */
async function unfold(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (let depth = 3; depth > 0; depth--) {
      const panel = document.querySelector('[role=tabpanel]:not([hidden])');
      for (const closed of panel?.querySelectorAll<HTMLElement>('[aria-expanded=false]') ?? []) closed.click();
      for (let frames = 2; frames > 0; frames--) await new Promise(requestAnimationFrame);
    }
  });
}

/** @returns what sticks out of the page, and boxes to write in that are not whole in it */
async function outOfPage(page: Page, { width, height }: typeof NARROW): Promise<string[]> {
  await page.setViewportSize({ width, height });
  return await page.evaluate(async () => {
    for (let frames = 2; frames > 0; frames--) await new Promise(requestAnimationFrame);
    const name = (element: Element): string => element.outerHTML.slice(0, 120);
    const clipped = (element: Element): boolean => {
      for (let at = element.parentElement; at; at = at.parentElement) {
        const { overflowX } = getComputedStyle(at);
        // What can be scrolled by itself, and what is cut on purpose.
        if (
          overflowX !== 'visible' &&
          at.getBoundingClientRect().right <= innerWidth &&
          !at.matches('body, .shell, .panel, .chat, .log')
        )
          return true;
      }
      return false;
    };
    const wide = [...document.querySelectorAll('main *')].filter((element) => {
      const { left, right, width } = element.getBoundingClientRect();
      return width > 1 && (right > innerWidth + 1 || left < -1) && !clipped(element);
    });
    const composer = document.querySelector('[role=tabpanel]:not([hidden]) .composer-bar')?.getBoundingClientRect();
    return [
      ...(document.documentElement.scrollWidth > innerWidth ? ['the page is wider than the window'] : []),
      ...wide.map((element) => `wide: ${name(element)}`),
      ...(composer && composer.bottom > innerHeight
        ? [`the composer ends at ${composer.bottom} of ${innerHeight}`]
        : []),
    ];
  });
}

/** @returns what moves, or would, although the person wants nothing to */
async function moving(page: Page): Promise<string[]> {
  return await page.evaluate((instant) => {
    const seconds = (list: string): number => Math.max(...list.split(',').map(Number.parseFloat));
    const moves = (style: CSSStyleDeclaration): boolean =>
      seconds(style.transitionDuration) > instant ||
      (style.animationName !== 'none' && seconds(style.animationDuration) > instant) ||
      style.scrollBehavior === 'smooth';
    const styled = [...document.querySelectorAll('*')].filter((element) =>
      [undefined, '::before', '::after'].some((part) => moves(getComputedStyle(element, part))),
    );
    return [
      ...styled.map((element) => element.outerHTML.slice(0, 120)),
      ...document.getAnimations().map((animation) => `runs: ${animation.id || animation.constructor.name}`),
    ];
  }, INSTANT_S);
}

/** @returns what a keyboard can reach without its being seen where it is */
async function unseenFocus(page: Page): Promise<string[]> {
  // From here on the browser takes focus for the keyboard's.
  await page.keyboard.press('Shift');
  return await page.evaluate(() => {
    const looks = (element: Element): string => {
      const parts: string[] = [];
      for (let at: Element | null = element, up = 3; at && up > 0; at = at.parentElement, up--) {
        for (const part of [undefined, '::after']) {
          const { outlineStyle, outlineWidth, outlineColor, borderColor, boxShadow } = getComputedStyle(at, part);
          parts.push(
            outlineStyle === 'none' ? '' : `${outlineStyle} ${outlineWidth} ${outlineColor}`,
            borderColor,
            boxShadow,
          );
        }
      }
      return parts.join('|');
    };
    const all = document.querySelectorAll<HTMLElement>('a[href], button, input, textarea, select, [tabindex]');
    const reached = [...all].filter(
      (element) =>
        element.tabIndex >= 0 && !element.matches(':disabled') && element.checkVisibility({ visibilityProperty: true }),
    );
    return reached.flatMap((element) => {
      (document.activeElement as HTMLElement | null)?.blur();
      const before = looks(element);
      element.focus();
      if (document.activeElement !== element) return [`takes no focus: ${element.outerHTML.slice(0, 120)}`];
      return looks(element) === before ? [`not seen: ${element.outerHTML.slice(0, 120)}`] : [];
    });
  });
}

/** What `Intl` writes. */
const DATES =
  /\b(?:Jan|Feb|März|Apr|Mai|Juni|Juli|Aug|Sept|Okt|Nov|Dez)[a-zäz]*\b|\b(?:vor|in|um|Min|Std|Tag|Tagen|gestern|vorgestern)\b/g;

/** @returns texts on the page, and in what a screen reader says of it, that no translation has made */
async function untranslated(page: Page): Promise<string[]> {
  const texts = await page.evaluate(() => {
    const found = new Set<string>();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node instanceof Element)
        for (const name of ['aria-label', 'aria-description', 'aria-valuetext', 'title', 'placeholder'])
          found.add(node.getAttribute(name) ?? '');
      else if (!node.parentElement?.closest('script, .icon')) found.add(node.textContent ?? '');
    }
    return [...found];
  });
  const said = await page.evaluate(() => (globalThis as unknown as Seen).said);
  const all = said.join('\n');
  const isSaid = (text: string): boolean =>
    !/\p{L}{2}/u.test(text) ||
    // A path, a command of the composer, the product.
    /^\S*[/@]\S*$|^Letta$/.test(text) ||
    all.includes(text) ||
    // The title of a card and its target.
    [...text.matchAll(/ /g)].some(
      ({ index }) => said.includes(text.slice(0, index)) && said.includes(text.slice(index + 1)),
    );
  const translated = new RegExp(`${MARKS[0]}[^${MARKS[1]}]*${MARKS[1]}`, 'g');
  return texts
    .map((text) => text.replaceAll('⟨U+2063⟩', MARKS[0]).replaceAll('⟨U+2064⟩', MARKS[1]))
    .flatMap((text) => text.split(translated).flatMap((rest) => (isSaid(rest.trim()) ? [] : rest.split(/ · |: |, /))))
    .filter((rest) => !isSaid(rest.replaceAll(DATES, '').replaceAll(/\d+/g, ' ').trim()) && !isSaid(rest.trim()));
}

/** All but the one that repeats `chat` five hundred times. */
const scenes = Object.keys(SCENES).filter((scene) => scene !== 'long');

describe('every scene', () => {
  it.concurrent.each(scenes)('%s', async (scene) => {
    await withScene(scene, async (page) => {
      await page.evaluate(AXE);
      await unfold(page);
      const found = await untranslated(page);
      for (const theme of THEMES) found.push(...(await axeIn(page, theme)));
      found.push(...(await moving(page)), ...(await unseenFocus(page)));
      for (const size of [NARROW, ZOOMED]) found.push(...(await outOfPage(page, size)));
      expect(found).toEqual([]);
    });
  });
});

it('finds what is planted', async () => {
  await withScene('chat', async (page) => {
    await page.evaluate(AXE);
    await page.evaluate(() => {
      const planted = document.createElement('div');
      planted.id = 'planted';
      planted.append(document.createElement('button'), 'Nobody can read this.');
      planted.setAttribute('tabindex', '0');
      Object.assign(planted.style, {
        color: '#777',
        background: '#888',
        width: '900px',
        transition: 'color 1s',
        outline: 'none',
      });
      document.querySelector('main')?.append(planted);
    });
    const found = await axeIn(page, 'dark');
    expect(found.join()).toContain('button-name');
    expect(found.join()).toContain('color-contrast');
    expect(await untranslated(page)).toEqual(['Nobody can read this.']);
    expect((await axeIn(page, 'hc-light')).join()).toContain('color-contrast');
    expect((await moving(page)).join()).toContain('id="planted"');
    expect((await unseenFocus(page)).join()).toContain('id="planted"');
    expect((await outOfPage(page, NARROW)).join()).toContain('id="planted"');
  });
});

it('turns text from right to left and leaves code alone', async () => {
  const directions = await withScene('rightToLeft', (page) =>
    page.evaluate(() =>
      [
        ...document.querySelectorAll('.user-text, .message.agent :is(p, li, h2, h3, h4, td, th, code, .code-block)'),
      ].map(
        (element) =>
          [
            element.tagName.toLowerCase(),
            (element.textContent ?? '').trim().slice(0, 12),
            getComputedStyle(element).direction,
          ] as const,
      ),
    ),
  );
  expect(directions.length).toBeGreaterThan(8);
  for (const [tag, text, direction] of directions) {
    expect([tag, text, direction]).toEqual([
      tag,
      text,
      /\p{Script=Hebrew}|\p{Script=Arabic}/u.test(text) ? 'rtl' : 'ltr',
    ]);
  }
});
