// Draws what KaTeX makes of a formula as React elements: no HTML on the way, and nothing but MathML's own elements.
import katex from 'katex';
import { createElement, type ReactNode, useMemo } from 'react';

/** More than a person reads; nested macros can make any number. */
const MAX_NODES = 5_000;
const MAX_EXPANSIONS = 200;
/** Em: a rule or a space is never larger. */
const MAX_SIZE = 20;

/** A node of KaTeX's tree: an element of MathML, a text, or what wraps both. */
interface MathNode {
  type?: string;
  text?: string;
  attributes?: Record<string, unknown>;
  children?: readonly MathNode[];
}

const ELEMENTS = new Set(
  'math mrow mfrac mi mn mo mtext mspace mstyle msup msub msubsup munder mover munderover msqrt mroot mtable mtr mtd mpadded mphantom menclose merror'.split(
    ' ',
  ),
);
const ATTRIBUTES = new Set(
  'display mathvariant mathcolor mathbackground displaystyle scriptlevel fence stretchy separator lspace rspace minsize maxsize accent accentunder linethickness columnalign rowspacing columnspacing columnlines rowlines width height depth voffset notation movablelimits symmetric'.split(
    ' ',
  ),
);
/** Of the attributes: colours and lengths are words and numbers, never an address or a rule of style. */
const VALUE = /^[#\w.%+ -]{0,200}$/;

const { __renderToDomTree: treeOf } = katex as unknown as {
  __renderToDomTree(text: string, options: katex.KatexOptions): MathNode;
};

export function DrawnFormula({ text, source, display }: { text: string; source: ReactNode; display: boolean }) {
  const drawn = useMemo(() => draw(text, display), [text, display]);
  if (drawn === undefined) return source;
  return display ? <span className="formula">{drawn}</span> : drawn;
}

/** @returns undefined for what is no formula, or too much of one */
function draw(text: string, displayMode: boolean): ReactNode {
  try {
    const tree = treeOf(text, {
      output: 'mathml',
      displayMode,
      throwOnError: true,
      strict: 'ignore',
      // Links, pictures and styles of its own: such a formula is shown as it is written.
      trust: () => {
        throw new Error('Not allowed.');
      },
      maxExpand: MAX_EXPANSIONS,
      maxSize: MAX_SIZE,
    });
    return new Drawing().element(tree, 'math');
  } catch {
    return undefined;
  }
}

class Drawing {
  private nodes = 0;

  element(node: MathNode, key: string): ReactNode {
    if (++this.nodes > MAX_NODES) throw new Error('Too long.');
    const { type, text, attributes = {}, children = [] } = node;
    if (type === undefined && text !== undefined) return text;
    // The source once more, which only a converter wants.
    if (type === 'annotation') return null;
    const drawn = children.map((child, index) => this.element(child, `${index}`));
    if (type === undefined || !ELEMENTS.has(type)) return drawn;
    const all = Object.entries(attributes).map(([name, value]) => [name, String(value)] as const);
    const kept = all.filter(([name, value]) => ATTRIBUTES.has(name) && VALUE.test(value));
    return createElement(type, { key, ...Object.fromEntries(kept) }, ...drawn);
  }
}
