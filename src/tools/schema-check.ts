// Says where an input does not fit a JSON schema: the parts of the standard that tools' schemas use. What it does not know, it lets pass.

type Schema = Record<string, unknown>;

/** Deeper than that nothing is looked at. */
const MAX_DEPTH = 12;
const MAX_PROBLEMS = 10;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** One line a problem, e.g. `issue.title: must be a string`; none where it fits. */
export function schemaProblems(schema: unknown, value: unknown): string[] {
  const problems: string[] = [];
  check(schema, value, '', 0, problems);
  return problems.slice(0, MAX_PROBLEMS);
}

function check(schema: unknown, value: unknown, at: string, depth: number, problems: string[]): void {
  if (!isObject(schema) || depth > MAX_DEPTH) return;
  const place = at === '' ? 'input' : at;
  const types = [schema.type].flat().filter((type): type is string => typeof type === 'string');
  if (types.length > 0 && !types.some((type) => isOf(type, value))) {
    problems.push(`${place}: must be ${types.map(named).join(' or ')}`);
    return;
  }
  const known = 'const' in schema ? [schema.const] : Array.isArray(schema.enum) ? schema.enum : undefined;
  if (known && !known.some((one) => JSON.stringify(one) === JSON.stringify(value))) {
    problems.push(`${place}: must be one of ${known.map((one) => JSON.stringify(one)).join(', ')}`);
  }
  if (isObject(value)) checkObject(schema, value, at, depth, problems);
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) check(schema.items, item, `${place}[${index}]`, depth + 1, problems);
  }
}

function checkObject(
  schema: Schema,
  value: Record<string, unknown>,
  at: string,
  depth: number,
  problems: string[],
): void {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const inside = (name: string) => (at === '' ? name : `${at}.${name}`);
  for (const name of Array.isArray(schema.required) ? schema.required : []) {
    if (typeof name === 'string' && !Object.hasOwn(value, name)) problems.push(`${inside(name)}: is missing`);
  }
  for (const [name, item] of Object.entries(value)) {
    if (Object.hasOwn(properties, name)) check(properties[name], item, inside(name), depth + 1, problems);
    else if (schema.additionalProperties === false) problems.push(`${inside(name)}: is not known`);
    else check(schema.additionalProperties, item, inside(name), depth + 1, problems);
  }
}

function isOf(type: string, value: unknown): boolean {
  switch (type) {
    case 'object':
      return isObject(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'null':
      return value === null;
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === type;
    default:
      return true;
  }
}

const named = (type: string): string => (type === 'null' ? 'null' : `${/^[aio]/.test(type) ? 'an' : 'a'} ${type}`);
