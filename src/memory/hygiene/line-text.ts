// A memory line as the checks read it: its code spans, and whether it says of a thing that it is there or that it is not.

export interface Span {
  text: string;
  /** Offsets into the line. */
  start: number;
  end: number;
  /** Within backticks. */
  code: boolean;
}

/** `gone`: the line says it is not there. `contrast`: it is named only to say what is otherwise. */
export type Polarity = 'there' | 'gone' | 'contrast';

const ARTICLES = `(?:(?:a|an|the|any|our|old|its|own|single|separate|dedicated|more|direct|other|such|use|of|legacy|former|files?|folders?|functions?|class|file|folder|directory|package|library|helper|script|support|for|from|on|in)\\s+){0,4}`;
const OPEN = '["\'`(@]*$';
const NOT_THERE = new RegExp(
  `(?:\\bthere(?:'s| is| are| was| were)?\\s*(?:no|not|isn't|aren't|n't)(?:\\s+(?:any|a|an|longer))*|\\b(?:has|have|had|with|contains|ships|needs|is|are|exports|defines)\\s+no(?:\\s+longer)?|\\bwithout|\\bno longer (?:has|have|contains|exists?|there is|exports|defines|ships)|(?:\\bdoes|\\bdo|\\bdid|\\bhas|\\bhave)(?:n't| not) (?:have|contain|ship|exist|define|export|include|provide)|^\\s*[-*]?\\s*no|[.;:,]\\s+no|(?<!\\b(?:is|are|be|being|gets?|was|were)\\s)\\b(?:removed|dropped|deleted)|\\bgot rid of|\\brenamed)\\s+${ARTICLES}${OPEN}`,
  'i',
);
const NOT_USED = new RegExp(
  `(?:\\b(?:do|does|did|must|should|will|is|are|was|has|have)(?:n't| not|nt) (?:be )?(?:us(?:e|es|ed|ing)|need|needed|rely(?:ing)? on|depend(?:s|ing)? on|written in|run(?:ning)?|add(?:ed)?|install(?:ed)?|managed (?:by|with)|built with|have|allowed|a|using|on)|\\b(?:never|no longer|stop(?:ped)?|quit|not) (?:us(?:e|es|ed|ing)|need(?:s)?|depend(?:s)? on|rel(?:y|ies) on|install|add|with|on|in)|\\bno longer|\\bavoid(?:s|ing)?(?: using)?|\\b(?:moved|migrated|switched|away|ported|changed)(?: away)?(?: off)? (?:from|off)|\\breplaced|\\bditched|\\bretired|\\bnot|\\bnever|\\bnor(?: is| are)?|\\bneither(?: is| are)?)\\s+${ARTICLES}${OPEN}`,
  'i',
);
const CONTRAST = new RegExp(
  `(?:\\binstead of|\\brather than|(?<!\\b(?:goes?|go|out|sent|sends?|runs?|talks?|arrives?|comes?|travels?|delivered|served|communicates?|happens?|works?|speaks?|published|exposed|exchanged|streamed|pushed|moved?)\\s)\\bover|\\bunlike|\\bvs\\.?|\\bversus|\\bthan|\\bsimilar to|\\blike|\\bsuch as|\\bcompatible with|\\binspired by|\\balternatives? to|\\bcompared (?:to|with)|\\bused to (?:be|use|live in)|\\bformerly|\\bpreviously|\\bwas (?:once )?(?:in|called|named))\\s+${ARTICLES}${OPEN}`,
  'i',
);
const GONE_AFTER =
  /^["'`)]*(?:\s+(?:file|files|folder|directory|function|class|method|type|interface|module|package|script|helper|component|table|target|command|branch|dependency|constant|library))?\s*(?:,?\s*which\s+)?(?:is gone|are gone|(?:was|were|is|are|has been|have been|got)\s+(?:\w+ly\s+)?(?:removed|deleted|dropped|renamed|retired|replaced|merged into|split(?! (?:off|out)\b))|(?:does|do)(?: not|n't) exist|no longer exists?|(?:is|are|was|were) no longer (?:used|needed|there|in|part|a|supported|exported|defined|available)|(?:is|are)(?: not|n't) (?:used|there|a dependency|installed|available|exported any ?more|defined|part|present|in use|our|set up|configured|enabled|wired up)|became|→|->|=>)/i;
/** A file that moved is gone from where it was; a symbol that moved is still there. */
const MOVED_AFTER =
  /^["'`)]*(?:\s+(?:file|folder|directory|module))?\s+(?:(?:was|were|is|has|have)(?: been)?\s+)?(?:now\s+)?(?:moved|relocated)\s+(?:in)?to\b/i;
const MOVED_BEFORE =
  /\b(?:moved|renamed|relocated|extracted|ported)\s+(?:[\w`'".()]+\s+){0,3}(?:out of|from)\s+["'`(]*$/i;
/** "pandas was too slow", "React 18 did not work with it": a reason that something else is used. */
const WAS_AFTER =
  /^[`'")]*(?:\s+v?\d[\d.]*)?\s+(?:(?:was|were|had been|proved|turned out)\s+(?:too|to be|not|never|slow|buggy|flaky|heavy|painful|unreliable|broken|hard)|(?:did|could|would)(?: not|n't)\s+(?:work|fit|build|compile|scale|support|run|start|do)|broke|crashed|failed|gave us)\b/i;
const NOT_USED_AFTER = /^["'`)]*\s*(?:is|are) (?:forbidden|banned|not allowed|not an option|no longer)/i;

/** Where a sentence or its part begins: a `not` before it says nothing of what follows. */
function clauseStart(line: string, at: number): number {
  const before = line.slice(0, at);
  let start = 0;
  for (const match of before.matchAll(
    /[;!?—–]|\.(?=\s)|:\s|,\s+(?:but|and|so|use|we|it|they|which|instead)\s|\bbut\b|,\s(?!not\b|no\b|or\b|nor\b|never\b)/gi,
  )) {
    start = match.index + match[0].length;
  }
  return start;
}

export class LineText {
  readonly text: string;
  /** Same length; without list marks, addresses and mail addresses. */
  readonly plain: string;
  readonly spans: readonly Span[];
  /** Of what somebody likes, plans, or did once: it says nothing of the workspace as it is. */
  readonly idle: boolean;

  constructor(line: string) {
    this.text = line;
    this.plain = line
      // `[more](docs/more.md#part)`: what is shown and where it leads, each for itself.
      .replace(
        /\[([^\][\n]{0,200})\]\(([^()\s]{1,300})\)/g,
        (_all, shown: string, target: string) =>
          ` ${shown}  ${target.replace(/#.*$/, (part) => ' '.repeat(part.length))} `,
      )
      .replace(/\b[a-z][a-z+.-]*:\/\/[^\s)>\]`'"]+/gi, (url) => ' '.repeat(url.length))
      .replace(/[\w.+-]+@[\w-]+\.\w[\w.]*(?![\w/-])/g, (mail) =>
        /^[\w-]+@[\d.]+$/.test(mail) ? mail : ' '.repeat(mail.length),
      );
    this.spans = [...this.plain.matchAll(/`([^`]+)`/g)].map((match) => ({
      text: match[1] ?? '',
      start: match.index + 1,
      end: match.index + match[0].length - 1,
      code: true,
    }));
    this.idle = isIdle(this.plain);
  }

  /** Whether offsets lie within backticks. */
  inCode(start: number): boolean {
    return this.spans.some((span) => start >= span.start && start < span.end);
  }

  /** What the line says of a thing's being there: a file, a symbol, a script. */
  existence(start: number, end: number, file = false): Polarity {
    const clause = this.plain.slice(clauseStart(this.plain, start), start);
    const after = this.plain.slice(end);
    if (CONTRAST.test(clause) || /,\s*not\s+(?:in\s+|under\s+|from\s+)?["'`]?$/i.test(this.plain.slice(0, start)))
      return 'contrast';
    if (NOT_THERE.test(clause) || GONE_AFTER.test(after)) return 'gone';
    return file && (MOVED_AFTER.test(after) || MOVED_BEFORE.test(clause)) ? 'gone' : 'there';
  }

  /** What the line says of a thing's being used: a package, a tool, a language. */
  use(start: number, end: number): Polarity {
    const clause = this.plain.slice(clauseStart(this.plain, start), start);
    const after = this.plain.slice(end);
    if (CONTRAST.test(clause)) return 'contrast';
    if (WAS_AFTER.test(after) && !GONE_AFTER.test(after)) return 'contrast';
    if (NOT_USED.test(clause) || NOT_THERE.test(clause) || GONE_AFTER.test(after) || NOT_USED_AFTER.test(after))
      return 'gone';
    // `jest or mocha` after a negation
    const list = /^(.*?)(?:,|\bor\b|\bnor\b|\band\b)\s*["'`]?$/is.exec(clause)?.[1];
    if (
      list !== undefined &&
      /(?:n't|\b(?:not|never|no|neither|without|got rid of|dropped|removed|ditched|retired|replaced|(?:moved|switched|migrated) (?:away )?from))\s+(?:us(?:e|ing)\s+|add(?:ing)?\s+|install(?:ing)?\s+|introduc(?:e|ing)\s+|bring in\s+|pull in\s+|reach for\s+)?["'`]?[\w@/.-]+["'`]?(?:\s*,\s*["'`]?[\w@/.-]+["'`]?)*,?\s*$/i.test(
        list,
      )
    )
      return 'gone';
    return 'there';
  }
}

const PERSON =
  /^[\s*-]*(?:(?:the\s+)?(?:person|user|customer|human|owner|developer|author|boss|manager|client)(?:'s)?|he|she|they|i|my|his|her|name)\b/i;
const TASTE =
  /\b(?:prefers?|likes?|loves?|hates?|dislikes?|enjoys?|favou?rs?|knows?|learn(?:s|ed|ing)?|is new to|used to|experience|background|years|fluent|fan of|hobby|works? (?:at|for|from)|previously worked|came from|speaks|thinks|finds|is (?:good|great|bad|curious|interested|allergic))\b/i;
const PLANS =
  /\b(?:plan(?:s|ned|ning)? to|planning|considering|consider|might|may (?:move|switch|migrate|adopt)|thinking (?:about|of)|(?:would|'d|’d) (?:like|love|rather|prefer)(?: to)?|would be (?:nice|good|great)|at some point|sooner or later|going to (?:add|try|move|switch|migrate|replace|drop|use|introduce|adopt|rewrite|split)|maybe we|wants? to (?:try|move|switch|migrate|add|adopt|learn)|someday|eventually|in the future|next (?:quarter|year|month|sprint|week)|one day|hopes? to|evaluat(?:ed|ing)|todo|to-do|roadmap|proposal|idea:)\b/i;
const ONCE =
  /\b(?:back in|years ago|last (?:year|month|quarter|week)|until (?:19|20)\d\d|before (?:19|20)\d\d|in the past|at (?:a|the|her|his|their) (?:last|former|previous) (?:job|company|team|project)|used to)\b/i;

function isIdle(text: string): boolean {
  return (
    (PERSON.test(text) && TASTE.test(text)) ||
    /^[\s*-]*(?:prefers|likes|loves|dislikes|hates|enjoys)\b/i.test(text) ||
    PLANS.test(text) ||
    ONCE.test(text)
  );
}
