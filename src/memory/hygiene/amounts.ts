// Numbers of a line with their units, and whether one means the value of a setting.

const UNITS: Record<string, number> = {
  ms: 1,
  s: 1000,
  sec: 1000,
  second: 1000,
  seconds: 1000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  minutes: 60_000,
  hour: 3_600_000,
  hours: 3_600_000,
  h: 3_600_000,
  day: 86_400_000,
  days: 86_400_000,
  week: 604_800_000,
  weeks: 604_800_000,
  kb: 1024,
  mb: 1024 ** 2,
  gb: 1024 ** 3,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  ki: 1024,
  mi: 1024 ** 2,
  gi: 1024 ** 3,
};

export interface Amount {
  value: number;
  start: number;
  unit: string;
}

const WORDS = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'];

/** Numbers in digits; written out they count only where there are no others. */
export function amounts(text: string): Amount[] {
  const found = digits(text);
  if (found.length > 0) return found;
  const written = new RegExp(
    `\\b(${WORDS.join('|')})\\b(?:\\s+(milliseconds?|seconds?|minutes?|hours?|days?|weeks?)\\b)?`,
    'gi',
  );
  return (
    [...text.matchAll(written)]
      .map((match) => ({
        value: WORDS.indexOf((match[1] ?? '').toLowerCase()) + 1,
        start: match.index,
        unit: (match[2] ?? '')
          .toLowerCase()
          .replace(/^milliseconds?$/, 'ms')
          .replace(/(?<=^week)s$/, ''),
      }))
      // "one" is more often a pronoun than a number.
      .filter(({ value, unit }) => value > 1 || unit !== '')
  );
}

function digits(text: string): Amount[] {
  return [
    ...text.matchAll(
      /(?<![\w.-])(-?\d[\d_,]*(?:\.\d+)?)\s*(ms|seconds?|secs?|s|minutes?|min|m|hours?|h|days?|weeks?|KB|MB|GB|KiB|MiB|GiB|Ki|Mi|Gi|%|[fL])?(?![\w]|\.\d)/gi,
    ),
  ].map((match) => ({
    value: Number((match[1] ?? '').replace(/[_,](?=\d)/g, '').replace(/,$/, '')),
    start: match.index,
    unit: (match[2] ?? '').toLowerCase(),
  }));
}

/** `30`, `1_000`, `12s`, `512Mi`: a setting's value that is a number. */
export const QUANTITY = /^(-?\d[\d_]*(?:\.\d+)?)(ms|s|m|h|d|Ki|Mi|Gi|KB|MB|GB)?$/;

/** Whether an amount of a line is the one that a setting has. */
export function fitsValue(amount: Amount, value: string): boolean {
  const [, number = '', unit = ''] = QUANTITY.exec(value) ?? [];
  const plain = Number(number.replaceAll('_', ''));
  if (unit === '') return fitsNumber(amount, number === '' ? Number(value) : plain);
  const own = UNITS[unit === 'd' ? 'day' : unit.toLowerCase()] ?? 1;
  const said = UNITS[amount.unit] ?? own;
  return amount.value * said === plain * own;
}

export function fitsNumber(amount: Amount, value: number): boolean {
  if (amount.value === value) return true;
  const unit = UNITS[amount.unit];
  if (unit === undefined) return amount.unit === '%' && Math.abs(amount.value / 100 - value) < 1e-9;
  const claimed = amount.value * unit;
  return (
    claimed === value ||
    (unit <= 604_800_000 && [1_000, 60_000, 3_600_000, 86_400_000].some((each) => claimed / each === value)) ||
    claimed === value * 1000 ||
    (unit >= 1024 &&
      Math.round(
        amount.value * (unit / 1024 ** Math.floor(Math.log2(unit) / 10)) * 1000 ** Math.floor(Math.log2(unit) / 10),
      ) === value)
  );
}
