// A formula as MathML, which the browser lays out and a screen reader reads. KaTeX is loaded with the first one.
import { useContext, useEffect, useState } from 'react';
import { Growing } from './growing.ts';
import { MAX_FORMULA } from './math.ts';
import { readable } from './readable.ts';

type Drawn = typeof import('./DrawnFormula.tsx').DrawnFormula;

/** Once it was loaded; what is drawn after that needs no second look. */
let loaded: Drawn | undefined;

/** `raw`: as it is written; it stands there until the formula does, and where it is none. */
export function Formula({ text, raw, display }: { text: string; raw: string; display: boolean }) {
  const growing = useContext(Growing);
  const [, setReady] = useState(loaded !== undefined);
  const wanted = !growing && text.length <= MAX_FORMULA;
  useEffect(() => {
    if (!wanted || loaded) return;
    let gone = false;
    void import('./DrawnFormula.tsx').then((module) => {
      loaded = module.DrawnFormula;
      if (!gone) setReady(true);
    });
    return () => {
      gone = true;
    };
  }, [wanted]);
  const source = <code className="formula-source">{readable(raw.trim())}</code>;
  const Shown = loaded;
  return wanted && Shown ? <Shown text={text} source={source} display={display} /> : source;
}
