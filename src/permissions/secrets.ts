// Finds and masks secrets in a text: known formats, places that only hold secrets, assignments, and long random tokens.
import { ASSIGNMENT, ASSIGNMENT_HINTS, SECRET_FORMATS, SECRET_PLACES, type SecretFormat } from './secret-formats.ts';

export interface FoundSecret {
  /** Offsets into the text, in UTF-16 units; `end` is exclusive. */
  start: number;
  end: number;
  /** What it looks like, e.g. `GitHub token`. */
  kind: string;
}

/** What stands where a secret stood. */
export const MASK = '[secret]';

/** All that looks like a secret, in order, none overlapping another. Linear in the text's length. */
export function findSecrets(text: string): FoundSecret[] {
  const lower = text.toLowerCase();
  const found: FoundSecret[] = [];
  for (const format of SECRET_FORMATS) search(text, lower, format, found, () => true);
  for (const place of SECRET_PLACES) search(text, lower, place, found, isNoStandIn);
  findAssignments(text, lower, found);
  findRandom(text, found);
  return merged(found);
}

/** The text with every secret replaced. What comes out holds none that `findSecrets` would find. */
export function maskSecrets(text: string): string {
  let current = text;
  // What is left of a text can look like a secret that was none before.
  for (let round = 0; round < 8; round++) {
    const found = findSecrets(current);
    if (found.length === 0) return current;
    let masked = '';
    let at = 0;
    for (const { start, end } of found) {
      masked += current.slice(at, start) + MASK;
      at = end;
    }
    current = masked + current.slice(at);
  }
  return current;
}

function search(
  text: string,
  lower: string,
  { name, hints, pattern }: SecretFormat,
  found: FoundSecret[],
  accept: (value: string) => boolean,
): void {
  if (!hints.some((hint) => lower.includes(hint))) return;
  for (const match of text.matchAll(pattern)) {
    const secret = match.groups?.s;
    const value = secret ?? match[0];
    if (value === '' || value.startsWith(MASK) || !accept(value)) continue;
    const start = secret === undefined ? match.index : match.index + match[0].lastIndexOf(secret);
    found.push({ start, end: start + value.length, kind: name });
  }
}

/** Adjoining and overlapping finds become one: two masks side by side would say nothing more. */
function merged(found: FoundSecret[]): FoundSecret[] {
  const sorted = found.toSorted((a, b) => a.start - b.start || b.end - a.end);
  const result: FoundSecret[] = [];
  for (const secret of sorted) {
    const last = result.at(-1);
    if (last && secret.start < last.end) last.end = Math.max(last.end, secret.end);
    else result.push({ ...secret });
  }
  return result;
}

// ── assignments ──────────────────────────────────────────────────────────────────────────────────────────────────────

const STAND_IN =
  /^(?:\[?secret\]?|\*+|x{3,}|\.{2,}|…+|-+|_+|#+|\?+|\$.*|%.*%?|<.*|\{.*|\[.*|@.*|&.*|.*\$\{.*|.*\{\{.*|process\.env.*|import\.meta.*|os\.(?:environ|getenv).*|env[.[(:].*|vault:.*|op:\/\/.*|secrets?[.:/].*|ref\+.*|null|nil|none|undefined|true|false|yes|no|string|str|text|number|int|bytes?|boolean|bool|any|unknown|object|optional|required|readonly|empty|default|missing|invalid|hidden|redacted|masked|removed|omitted|placeholder|example|sample|dummy|fake|todo|tbd|change[ _-]?(?:me|it|this)|your[ _-].*|my[ _-](?:secret|token|password|key).*|the[ _-].*|insert[ _-].*|enter[ _-].*|replace[ _-].*|put[ _-].*|some[ _-].*|user:pass(?:word)?|password|passwd|secret|token|key|api[_-]?key|credential)$/i;

/** Not a word that stands for a secret, as documentation has it. */
const isNoStandIn = (value: string): boolean => !STAND_IN.test(value.trim());

/** Words of the trade that hold digits and are no passwords. */
const TRADE =
  /^(?:v?\d+(?:\.\d+)*(?:-\w+)?|(?:sha|md|base|utf|aes|rsa|hmac|es|rs|hs|ps|eddsa|ed|x|p|argon|pbkdf|oauth|http|s|k8s|ipv|totp|hotp|uuidv|jwt|bcrypt|scrypt|curve|secp|chacha|gpt|int|uint|float|varchar|char|string|i|u|f)[-_]?\d+\w{0,4}(?:[-_:/.]\w{1,12}){0,3}|\d+(?:[.,]\d+)?(?:ms|s|m|h|d|min|hours?|days?|chars?|characters?|bytes?|bits?|kb|mb|k|%|x)?|[\w./-]+\.(?:ts|tsx|js|mjs|cjs|jsx|py|rs|go|java|kt|rb|php|cs|json|ya?ml|toml|env|md|txt|sql|sh|pem|key|crt|test|spec|html|css)(?::\d+)*)$/i;

const mixed = (value: string): boolean => /\d/.test(value) && /\p{L}/u.test(value);
const odd = (value: string): boolean => /[!@#$%^&*+=?~|]/.test(value);

function findAssignments(text: string, lower: string, found: FoundSecret[]): void {
  if (!ASSIGNMENT_HINTS.some((hint) => lower.includes(hint))) return;
  for (const match of text.matchAll(ASSIGNMENT)) {
    const groups = match.groups ?? {};
    const quoted = groups.dq ?? groups.sq ?? groups.bq;
    const value = quoted ?? (groups.raw ?? '').replace(/[.?:]+$/, '');
    const after = text.slice(match.index + match[0].length, match.index + match[0].length + 1);
    const key = groups.key ?? '';
    if (!assigns(key, groups.sign ?? '', value, quoted !== undefined, after)) continue;
    const start = match.index + match[0].lastIndexOf(value);
    found.push({ start, end: start + value.length, kind: 'assigned password or key' });
  }
}

function assigns(key: string, sign: string, value: string, quoted: boolean, after: string): boolean {
  if (value.length < 4 || !isNoStandIn(value) || TRADE.test(value)) return false;
  // A sentence, a call, a path of members, a place: not the thing itself.
  if (/\s/.test(value) && !/^\S+(?: \S+){3,24}$/.test(value)) return false;
  if (after === '(' || /^[\w$]+(?:\.[A-Za-z_$][\w$]*)+$/.test(value)) return false;
  if (/^(?:\.{0,2}|~)\//.test(value) || /^[a-z][a-z0-9+.-]*:\/\//i.test(value)) return false;
  if (/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(value)) return false;
  const isPassword = /pass|pwd|mot|contrase|senha|wacht|has|пароль|密|口令|パス|비밀|parola|şifre|kenn/i.test(key);
  const named = /\bis|\bist\b|\bes\b|\best\b|lautet|是|为|は/.test(sign);
  if (/\s/.test(value))
    return isPassword && quoted && !named && value.split(' ').length >= 4 && /^[a-z ]+$/.test(value);
  const long = value.length >= 8;
  if (mixed(value))
    return isPassword
      ? value.length >= 6
      : long && (!wordy(value) || /^[A-Za-z]*\d[A-Za-z0-9]*\d[A-Za-z0-9]*\d[A-Za-z0-9]*$/.test(value));
  if (odd(value)) return isPassword ? value.length >= 5 : long && entropy(value) > 3;
  if (/^\d+$/.test(value)) return isPassword && value.length >= 4 && value.length <= 12 && !named;
  // Letters only: a word as well as a password. Quotes or a tight sign, and a key that says password.
  if (!isPassword || named || value.length < 6) return false;
  return (
    (quoted || sign === '=') &&
    /^[a-z]+$/i.test(value) &&
    !/^[a-z]+[A-Z]/.test(value) &&
    !/^[A-Z][a-z]+[A-Z]/.test(value)
  );
}

// ── long random tokens ───────────────────────────────────────────────────────────────────────────────────────────────

/** Most characters of a word that is looked at; anything longer is data, not a key. */
const LONGEST = 512;
const CANDIDATE = /(?<![A-Za-z0-9_+=-])[A-Za-z0-9_+-][A-Za-z0-9_+/-]{23,}={0,2}/g;
/** Before a hash that everyone may know: lock files, subresource integrity, data addresses, content addresses. */
const HARMLESS_BEFORE =
  /(?:sha\d{1,3}[-:]|h1:|base64,|md5[-:]|integrity["']?[:=]\s?["']?|\/nix\/store\/|ipfs:\/\/|ipfs\/|urn:\S{0,60}|(?:AAAA[A-Z]|ssh-(?:rsa|ed25519|dss)|ecdsa-\S{0,30}) ?)$/i;
/** How well-known kinds of harmless base64 begin: pictures, fonts, PDF, public keys, wasm. */
const HARMLESS_START =
  /^(?:iVBOR|R0lGOD|PHN2Zy|PD94bW|\/9j\/|AAABAA|UklGR|d09G|JVBER|AAAA[BCE]3Nz|AAAAE2Vj|AGFzbQ|sha\d{1,3}-|MIIB[CIj]|MFkw)/;

function findRandom(text: string, found: FoundSecret[]): void {
  for (const match of text.matchAll(CANDIDATE)) {
    const word = match[0];
    if (word.length > LONGEST || HARMLESS_START.test(word)) continue;
    const before = text.slice(Math.max(0, match.index - 80), match.index);
    if (HARMLESS_BEFORE.test(before) || inAddress(before)) continue;
    if (isRandom(word)) found.push({ start: match.index, end: match.index + word.length, kind: 'long random token' });
  }
}

/** Inside the host or path of an address: what it says there, the address gives away. */
const inAddress = (before: string): boolean =>
  /:\/\/[^\s"'<>?#]{0,70}$/.test(before) || /^[^\s"'<>?#]{80}$/.test(before);

/** A word that no person and no naming scheme makes: letters of both cases and digits in no order. */
export function isRandom(word: string): boolean {
  const plain = word.replace(/[_+/=-]/g, '');
  if (plain.length < 22 || /^[0-9a-f]+$/i.test(plain)) return false;
  // Names joined by signs, ids with a name before them, timestamps.
  if (
    /^[0-9a-f]{8}-[0-9a-f]{4}-/i.test(word) ||
    /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i.test(word)
  )
    return false;
  const digits = plain.match(/\d/g)?.length ?? 0;
  const upper = /[A-Z]/.test(plain);
  const lower = /[a-z]/.test(plain);
  if (upper && lower) {
    return digits >= 2 && entropy(plain) >= 3.6 && switches(plain) >= 0.38 && !wordy(word);
  }
  if (!lower || /[_/-]/.test(word)) return false;
  const spread = (plain.match(/\d+/g)?.length ?? 0) >= 3;
  return plain.length >= 28 && digits >= 5 && spread && entropy(plain) >= 3.7 && !wordy(word);
}

/** Bits a character. */
function entropy(word: string): number {
  const counts = new Map<string, number>();
  for (const c of word) counts.set(c, (counts.get(c) ?? 0) + 1);
  let bits = 0;
  for (const n of counts.values()) bits -= (n / word.length) * Math.log2(n / word.length);
  return bits;
}

const kindOf = (code: number): number => (code < 58 ? 0 : code < 91 ? 1 : 2);

/** How often the kind of character changes, as a share: names do it once a word. */
function switches(word: string): number {
  let n = 0;
  for (let i = 1; i < word.length; i++) if (kindOf(word.charCodeAt(i)) !== kindOf(word.charCodeAt(i - 1))) n += 1;
  return n / (word.length - 1);
}

/** At least a third of it reads as words. */
function wordy(word: string): boolean {
  let covered = 0;
  for (const run of word.matchAll(/[A-Z]?[a-z]{3,}|[A-Z]{4,}(?![a-z])/g)) {
    const vowels = run[0].match(/[aeiou]/gi)?.length ?? 0;
    const said = vowels / run[0].length >= 0.24 && !/[^aeiouy]{5}/i.test(run[0]);
    if (run[0].length >= 4 && said) covered += run[0].length;
  }
  return covered / word.length >= 0.34;
}
