// What a person reads or hears, in the language of VS Code. The English text is the key of its translation, and what is shown without one.

type Value = string | number;
type Values = Readonly<Record<string, Value>>;

let translations: Readonly<Record<string, string>> = {};
let shown = 'en';

/**
 * Sets the translations, before anything else is evaluated: texts of constants are translated too.
 * @param bundle by English text; undefined where VS Code's language is English or one that we don't have
 */
export function setLanguage(language: string, bundle: Readonly<Record<string, string>> | undefined): void {
  translations = bundle ?? {};
  shown = bundle ? language : 'en';
}

/** The language of our texts, for `Intl`: a date in another one would not fit into the sentence. */
export const language = (): string => shown;

/**
 * A text in the person's language, with `{0}`, `{1}` or `{name}` replaced. Numbers are written as that language does (1,234);
 * what is no amount (a line, a port) is handed over as a string. Never for what a model reads.
 * @param message a whole sentence or label as a literal: `npm run check` collects them
 */
export function t(message: string, ...values: readonly Value[]): string;
export function t(message: string, values: Values): string;
export function t(message: string, ...values: readonly (Value | Values)[]): string {
  const [first] = values;
  return fill(message, typeof first === 'object' ? first : (values as readonly Value[]));
}

/**
 * The form that goes with a count, which is `{0}`; further values are `{1}` and so on. A language with more than two forms has them
 * as keys of their own: `{0} files#few`, by the names of `Intl.PluralRules`.
 * @example plural(files.length, '{0} file', '{0} files')
 */
export function plural(count: number, one: string, other: string, ...values: readonly Value[]): string {
  const form = new Intl.PluralRules(shown).select(count);
  const further = `${other}#${form}`;
  return fill(form === 'one' ? one : further in translations ? further : other, [count, ...values]);
}

/** A text cut at its placeholders, for those that are elements: text and names take turns. */
export const pieces = (message: string): string[] => (translations[message] ?? message).split(/\{(\w+)\}/);

/** An amount as the person's language writes it. */
export const number = (value: number): string => value.toLocaleString(shown);

function fill(message: string, values: Values | readonly Value[]): string {
  const text = translations[message] ?? message;
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) => {
    const value = (values as Values)[name];
    return typeof value === 'number' ? number(value) : (value ?? placeholder);
  });
}
