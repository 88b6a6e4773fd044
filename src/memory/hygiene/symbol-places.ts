// Members of a class, and the place a line gives for a symbol.
import type { PathMention } from './claim-paths.ts';
import type { SymbolMention } from './find-symbols.ts';
import type { LineText } from './line-text.ts';
import type { FoundSymbol, Workspace } from './workspace.ts';

const DEFINES =
  /^\(?\)?[`'"]?\s+(?:\w+\s+){0,2}?(?:is|are|lives?|live|resides?|sits?|stays?|was|were|gets?)?\s*(?:defined|declared|implemented|located|lives?|found|exported|kept|placed|is|are|resides?)\s+(?:in|at|inside|under|from|by)\b/i;

export interface Place {
  mention: PathMention;
  /** The line says that it is defined there, not only that it occurs there. */
  defines: boolean;
}

/** The file or folder in which a line says a symbol is. */
export function placeOf(
  line: LineText,
  symbol: SymbolMention,
  symbols: readonly SymbolMention[],
  paths: readonly PathMention[],
): Place | undefined {
  const usable = paths.filter((path) => !path.glob && path.polarity !== 'contrast');
  const behind = usable.find((path) => path.start > symbol.start);
  if (behind) {
    const between = line.plain.slice(symbol.end, behind.start);
    const nearest = !symbols.some(
      (other) =>
        other.start > symbol.start &&
        other.start < behind.start &&
        !/^[`'"]?(?:\(\))?[`'"]?\s*(?:,|and|or|&)/.test(line.plain.slice(symbol.end)),
    );
    if (nearest && !/[.;]\s/.test(between)) {
      if (
        DEFINES.test(line.plain.slice(symbol.end, behind.start + 1)) ||
        /\b(?:lives?|defined|declared|implemented|located|exported|moved to|kept|found|resides?|comes? from|imported from)\b/i.test(
          between,
        )
      )
        return { mention: behind, defines: true };
      if (
        /^\(?\)?[`'"]?\s+(?:(?:and|or|,)[^.;]{0,60}?\s)?(?:(?:is|are|\w+s|\w+)\s+)?(?:in|at|inside|from|of|\(|@|under|within|→|->|:|—|-)\s*(?:the\s+|file\s+|module\s+)*[`'"(]?$/i.test(
          between,
        ) ||
        /^\(?\)?[`'"]?\s*[(:@—-]+\s*[`'"]?$/.test(between) ||
        (/\bin\s+(?:the\s+)?[`'"(]?$/i.test(between) && symbol.noun !== undefined && between.length < 40)
      ) {
        return {
          mention: behind,
          defines:
            symbol.noun !== undefined ||
            /^\(?\)?[`'"]?\s+(?:is|are)\b/i.test(between) ||
            /\b(?:in|at|from)\s+(?:the\s+)?[`'"(]?$/i.test(between),
        };
      }
    }
  }
  const ahead = [...usable].reverse().find((path) => path.end <= symbol.start);
  if (ahead) {
    const between = line.plain.slice(ahead.end, symbol.start);
    if (
      /^[`'")]?\s+(?:\w+\s+)?(?:exports?|defines?|declares?|contains?|holds?|has|implements?|provides?|houses|re-exports|also exports)\b/i.test(
        between,
      ) &&
      between.length < 90 &&
      !/[.;]\s/.test(between)
    )
      return { mention: ahead, defines: true };
  }
  return undefined;
}

/** `Store.get` where `Store` is ours: only what stands in `Store`, or in what it extends. */
export async function members(symbol: SymbolMention, all: FoundSymbol[], workspace: Workspace): Promise<FoundSymbol[]> {
  const owners = await workspace.definitions(symbol.owner ?? '');
  if (owners.length === 0) {
    // A Python or Go module: `parser.parse_line`
    const ofModule = all.filter(({ path }) => new RegExp(`(?:^|/)${symbol.owner ?? ''}(?:/[^/]+)?\\.\\w+$`).test(path));
    return ofModule.length > 0
      ? ofModule
      : all.filter((each) => each.kind !== 'value' || !(symbol.owner ?? '').match(/^[A-Z]/));
  }
  const types = owners.filter((owner) => owner.kind === 'type');
  const inside = all.filter((each) =>
    owners.some((owner) => owner.path === each.path && each.start > owner.start && each.end <= owner.end + 1),
  );
  if (inside.length > 0 || types.length === 0) return inside.length > 0 ? inside : all;
  const byReceiver: FoundSymbol[] = [];
  for (const each of all) {
    const text = (await workspace.text(each.path)) ?? '';
    const head = text.slice(each.start, text.indexOf('\n', each.start) + 1 || text.length);
    const before = text.slice(0, each.start);
    // Go: `func (s *Store) get`; Rust: `impl Store { fn get`; C++: `Store::get`; JS: `Store.prototype.get`
    const impl = [...before.matchAll(/^\s*impl(?:<[^>]*>)?\s+(?:[\w:<>, ]+\s+for\s+)?(\w+)/gm)].at(-1)?.[1];
    if (
      new RegExp(
        `\\(\\s*\\w*\\s*\\*?${symbol.owner}\\b[^)]*\\)|\\b${symbol.owner}(?:::|\\.prototype\\.|\\.)${symbol.name}`,
      ).test(head) ||
      impl === symbol.owner
    )
      byReceiver.push(each);
  }
  if (byReceiver.length > 0) return byReceiver;
  for (const type of types) {
    const text = (await workspace.text(type.path)) ?? '';
    const head = text.slice(type.start, type.start + 300);
    if (
      /\b(?:extends|implements|with)\s+\w|^\s*class\s+\w+\s*\([^)]+\)|:\s*(?:public\s+)?[A-Z]\w+/.test(
        head.split('{')[0] ?? '',
      ) &&
      !/^\s*class\s+\w+\s*\((?:object)?\)\s*:/.test(head)
    ) {
      const parents = [
        ...(head.split(/[{:]\s*\n|\{/)[0] ?? '').matchAll(
          /(?:extends|implements|with|[,(:])\s*(?:[\w.]+\.)?([A-Z]\w+)/g,
        ),
      ].map((match) => match[1] ?? '');
      for (const parent of parents) {
        const known = await workspace.definitions(parent);
        const inherited = all.filter((each) =>
          known.some((owner) => owner.path === each.path && each.start > owner.start && each.end <= owner.end + 1),
        );
        if (inherited.length > 0) return inherited;
      }
    }
    // A field or member without a form of its own: any word in the body of the type.
    const body = workspace.masked(type.path, text).slice(type.start, type.end);
    const hit = new RegExp(`(?<![\\w$])${symbol.name}(?![\\w$])`).exec(body);
    if (hit && type.start !== type.end)
      return [
        {
          ...type,
          name: symbol.name,
          start: type.start + hit.index,
          line: type.line + body.slice(0, hit.index).split('\n').length - 1,
        },
      ];
  }
  return [];
}

/** What the usual frameworks give their classes. */
export const INHERITED =
  /^(?:objects|save|delete|get|set|filter|all|create|update|find\w*|where|id|pk|render|setState|state|props|emit|on|once|off|as_view|dict|json|parse_obj|model_\w+|from_\w+|to_\w+|message|stack|name|toString|equals|hashCode|getClass|items|keys|values|append|run|start|setUp|tearDown|assert\w*|query|metadata|_\w*)$/;
const PARENTS = /(?:\bextends|\bimplements|\bwith|[,(:])\s*(?:[\w.]+\.)?([A-Z]\w+)/g;

/** A class built on one that is not of this workspace may have any member. */
export async function hasForeignParent(owner: FoundSymbol, workspace: Workspace): Promise<boolean> {
  const text = (await workspace.text(owner.path)) ?? '';
  const head =
    workspace
      .masked(owner.path, text)
      .slice(owner.start, owner.start + 300)
      .split(/\{|:\s*\n/)[0] ?? '';
  if (owner.kind !== 'type' || !/\bclass\b/.test(head)) return false;
  for (const [, parent = ''] of head.slice(head.indexOf(owner.name) + owner.name.length).matchAll(PARENTS)) {
    if ((await workspace.definitions(parent)).length === 0) return true;
  }
  return false;
}
