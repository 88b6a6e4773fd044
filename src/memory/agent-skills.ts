// Skills that belong to an agent, kept by its home over the plain Letta API: blocks that are attached to nobody, so that no prompt has them.
import * as z from 'zod/mini';
import type { Connection } from '../letta/connection.ts';
import { ONCE } from '../letta/connection.ts';
import { known, LettaError } from '../letta/errors.ts';
import { t } from '../protocol/l10n.ts';

/** `files` by their paths in the skill's folder, with `/`; SKILL.md is one of them. */
export interface AgentSkill {
  name: string;
  files: ReadonlyMap<string, Uint8Array>;
  /** Paths of those that may be run; absent: none. */
  executable?: readonly string[];
}

/** In a block's metadata: the id of the agent whose skill it holds. */
const OWNER = 'letta_vscode_skill_of';
const LABEL = 'skills/';
const MAIN = 'SKILL.md';
/** A server answers with all of them at once. */
const MAX_BYTES = 512 * 1024;
/** Characters; what Letta servers give a block that asks for nothing. */
const LIMIT = 100_000;
const PAGE = 100;
const DESCRIPTION = 'A skill of an agent, kept outside of its prompt. Its other files are in the metadata.';

const Texts = z.catch(z.record(z.string(), z.string()), {});
/** Other files: text as it is, the rest as base64. */
const MetadataSchema = z.object({
  [OWNER]: z.string(),
  main: z.catch(z.string(), MAIN),
  files: Texts,
  base64: Texts,
  executable: z.catch(z.array(z.string()), []),
});

interface Raw {
  id: string;
  label?: string | null;
  value: string;
  metadata?: Record<string, unknown> | null;
}

/** Whether a block holds a skill: it is no memory, and shown as none. */
export const isSkillBlock = ({ metadata }: Pick<Raw, 'metadata'>): boolean => typeof metadata?.[OWNER] === 'string';

export class AgentSkills {
  private readonly connection: Connection;
  private readonly agentId: string;

  constructor(connection: Connection, agentId: string) {
    this.connection = connection;
    this.agentId = agentId;
  }

  /** Of two of one name, which two windows made at once, the older. @throws LettaError */
  list(): Promise<AgentSkill[]> {
    return known(async () => {
      const skills = new Map<string, AgentSkill>();
      for (const block of await this.blocks()) {
        const skill = skillOf(block);
        if (skill && !skills.has(skill.name)) skills.set(skill.name, skill);
      }
      return [...skills.values()];
    });
  }

  /** Over what is there of that name. @throws LettaError `bad_request` for one that is too large */
  put({ name, files, executable = [] }: AgentSkill): Promise<void> {
    return known(async () => {
      const bytes = [...files.values()].reduce((sum, each) => sum + each.byteLength, 0);
      if (bytes > MAX_BYTES) throw tooLarge(name, bytes);
      const { value, metadata } = packed(files);
      const body = {
        value,
        limit: Math.max(LIMIT, value.length),
        metadata: { [OWNER]: this.agentId, ...metadata, executable },
      };
      const present = (await this.blocks(name))[0];
      if (present) await this.connection.client.blocks.update(present.id, body, ONCE);
      else await this.connection.client.blocks.create({ label: LABEL + name, description: DESCRIPTION, ...body }, ONCE);
    });
  }

  /** One that is not there is removed as well. @throws LettaError */
  remove(name: string): Promise<void> {
    return known(async () => {
      for (const { id } of await this.blocks(name)) await this.connection.client.blocks.delete(id, ONCE);
    });
  }

  /** Oldest first. */
  private async blocks(name?: string): Promise<Raw[]> {
    const found: Raw[] = [];
    const wanted = name === undefined ? { label_search: LABEL } : { label: LABEL + name };
    // Servers that do not know the filter send all blocks.
    for await (const block of this.connection.client.blocks.list({ ...wanted, limit: PAGE, order: 'asc' })) {
      const isOurs = block.metadata?.[OWNER] === this.agentId && block.label?.startsWith(LABEL) === true;
      if (isOurs && (name === undefined || block.label === LABEL + name)) found.push(block);
    }
    return found;
  }
}

/** As an AgentFile has skills: text only. `left`: paths of files that are none. @throws LettaError */
export async function skillsForFile(
  store: Pick<AgentSkills, 'list'>,
): Promise<{ skills: { name: string; files: Record<string, string>; source_url: null }[]; left: string[] }> {
  const left: string[] = [];
  const skills = (await store.list()).map(({ name, files }) => {
    const texts = [...files].flatMap(([path, bytes]) => {
      const text = asText(bytes);
      if (text === undefined) left.push(`${name}/${path}`);
      return text === undefined ? [] : [[path, text] as const];
    });
    return { name, files: Object.fromEntries(texts), source_url: null };
  });
  return { skills, left };
}

const tooLarge = (name: string, bytes: number) =>
  new LettaError('bad_request', {
    detail: t(
      'The skill “{0}” has {1} KB; an agent takes along at most {2}. Move it to this computer or the project, or take files out of it.',
      name,
      Math.ceil(bytes / 1024),
      MAX_BYTES / 1024,
    ),
  });

function packed(files: AgentSkill['files']) {
  const main = [...files.keys()].find((path) => path.toLowerCase() === 'skill.md') ?? MAIN;
  const texts: Record<string, string> = {};
  const base64: Record<string, string> = {};
  for (const [path, bytes] of files) {
    const text = asText(bytes);
    if (text === undefined || (path === main && text === '')) base64[path] = Buffer.from(bytes).toString('base64');
    else texts[path] = text;
  }
  const { [main]: value = '', ...others } = texts;
  return { value, metadata: { main, files: others, base64 } };
}

function skillOf({ label, value, metadata }: Raw): AgentSkill | undefined {
  const parsed = MetadataSchema.safeParse(metadata);
  if (!parsed.success || !label) return undefined;
  const { main, files, base64, executable } = parsed.data;
  const all = new Map<string, Uint8Array>();
  if (!(main in base64)) all.set(main, Buffer.from(value));
  for (const [path, text] of Object.entries(files)) all.set(path, Buffer.from(text));
  for (const [path, coded] of Object.entries(base64)) all.set(path, Buffer.from(coded, 'base64'));
  return { name: label.slice(LABEL.length), files: all, executable };
}

/** Undefined for bytes that are no text, or that some database cannot hold as such. */
function asText(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}
