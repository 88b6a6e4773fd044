// Every tool that an agent may have: those of the server, and those that clients have made.
import type { JsonObject } from '../../store/json.ts';
import type { Store } from '../../store/store.ts';
import type { CustomTool } from '../../store/tools.ts';
import { serverTools, toolNameOf } from './registry.ts';
import type { ServerTool } from './tool.ts';

export type KnownTool = { kind: 'server'; tool: ServerTool } | { kind: 'custom'; tool: CustomTool };

export function knownTool(store: Store, name: string): KnownTool | undefined {
  const tool = serverTools.get(name);
  if (tool) return { kind: 'server', tool };
  const custom = store.tools.named(name);
  return custom && { kind: 'custom', tool: custom };
}

/** The name of the tool that has an id. */
export function knownToolName(store: Store, id: string): string | undefined {
  return toolNameOf(id) ?? store.tools.get(id)?.name;
}

/** As models are shown it; undefined where nothing here runs it. */
export function definitionOf(store: Store, name: string): { description: string; parameters: JsonObject } | undefined {
  const known = knownTool(store, name);
  if (known?.kind === 'server') return known.tool.run ? known.tool : undefined;
  if (!known) return undefined;
  const { description, parameters } = known.tool.jsonSchema;
  return {
    description: known.tool.description ?? (typeof description === 'string' ? description : ''),
    parameters: typeof parameters === 'object' && parameters !== null ? (parameters as JsonObject) : EMPTY,
  };
}

const EMPTY: JsonObject = { type: 'object', properties: {} };
