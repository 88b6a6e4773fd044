// A memory to mirror, a folder to mirror it to, and a git of its own that looks at the result.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentSkill } from '../../src/memory/agent-skills.ts';
import { Mirror, type MirrorOptions } from '../../src/memory/mirror/mirror.ts';
import type { BlockWrite, MirrorBlock, MirrorBlocks, MirrorProposal, NewBlock } from '../../src/memory/mirror/types.ts';

export class FakeBlocks implements MirrorBlocks {
  blocks: MirrorBlock[] = [];
  proposals: MirrorProposal[] = [];
  withdrawn: string[] = [];
  /** Called between a read and the write it leads to. */
  beforeWrite: (() => void) | null = null;

  add(label: string, value: string, more: Partial<MirrorBlock> = {}): MirrorBlock {
    const block = {
      id: `block-${label}`,
      label,
      description: `About ${label}`,
      value,
      limit: 1_000,
      readOnly: false,
      ...more,
    };
    this.blocks.push(block);
    return block;
  }

  set(label: string, value: string): void {
    this.blocks = this.blocks.map((block) => (block.label === label ? { ...block, value } : block));
  }

  value(label: string): string | undefined {
    return this.blocks.find((block) => block.label === label)?.value;
  }

  async list(): Promise<MirrorBlock[]> {
    return this.blocks.map((block) => ({ ...block }));
  }

  /** Whether what a file says may not enter a block unseen. */
  holds: (value: string) => boolean = () => false;

  async write(blockId: string, { value, description, expected }: BlockWrite): Promise<'written' | 'changed' | 'held'> {
    const first = this.beforeWrite;
    this.beforeWrite = null;
    first?.();
    const block = this.blocks.find((b) => b.id === blockId);
    if (!block || block.value !== expected) return 'changed';
    if (this.holds(value)) return 'held';
    this.blocks = this.blocks.map((b) => (b.id === blockId ? { ...b, value, description } : b));
    return 'written';
  }

  async create(block: NewBlock): Promise<MirrorBlock | 'held'> {
    if (this.holds(block.value)) return 'held';
    return this.add(block.label, block.value, { description: block.description });
  }

  async propose(proposal: MirrorProposal): Promise<void> {
    this.proposals = [...this.proposals.filter((p) => p.id !== proposal.id), proposal];
  }

  async withdraw(id: string): Promise<void> {
    this.withdrawn.push(id);
    this.proposals = this.proposals.filter((p) => p.id !== id);
  }
}

/** Skills as an agent's home keeps them. */
export class FakeSkills {
  skills = new Map<string, Map<string, Uint8Array>>();

  /** Texts of one skill, by their paths in its folder. */
  set(name: string, files: Record<string, string | Uint8Array>): void {
    this.skills.set(name, new Map(Object.entries(files).map(([path, content]) => [path, Buffer.from(content)])));
  }

  text(name: string, path = 'SKILL.md'): string | undefined {
    const bytes = this.skills.get(name)?.get(path);
    return bytes && Buffer.from(bytes).toString();
  }

  async list(): Promise<AgentSkill[]> {
    return [...this.skills].map(([name, files]) => ({ name, files: new Map(files) }));
  }

  async put({ name, files }: AgentSkill): Promise<void> {
    this.skills.set(name, new Map(files));
  }

  async remove(name: string): Promise<void> {
    this.skills.delete(name);
  }
}

export const maskSecrets = (text: string): string => text.replace(/sk-\w+/g, '[secret]');

/** A memory that outlives a process, as a server's does: each write is whole and on disk. */
export class StoredBlocks extends FakeBlocks {
  private readonly path: string;

  constructor(path: string) {
    super();
    this.path = path;
    this.load();
  }

  load(): void {
    try {
      const stored = JSON.parse(readFileSync(this.path, 'utf8'));
      this.blocks = stored.blocks;
      this.proposals = stored.proposals;
    } catch {
      // New.
    }
  }

  save(): void {
    writeFileSync(`${this.path}.tmp`, JSON.stringify({ blocks: this.blocks, proposals: this.proposals }));
    renameSync(`${this.path}.tmp`, this.path);
  }

  override async write(blockId: string, write: BlockWrite): Promise<'written' | 'changed' | 'held'> {
    const outcome = await super.write(blockId, write);
    this.save();
    return outcome;
  }

  override async create(block: NewBlock): Promise<MirrorBlock | 'held'> {
    const made = await super.create(block);
    this.save();
    return made;
  }

  override async propose(proposal: MirrorProposal): Promise<void> {
    await super.propose(proposal);
    this.save();
  }

  override async withdraw(id: string): Promise<void> {
    await super.withdraw(id);
    this.save();
  }
}

/** Skills that outlive a process. */
export class StoredSkills extends FakeSkills {
  private readonly path: string;

  constructor(path: string) {
    super();
    this.path = path;
    try {
      const stored: Record<string, Record<string, string>> = JSON.parse(readFileSync(path, 'utf8'));
      for (const [name, files] of Object.entries(stored)) this.set(name, files);
    } catch {
      // New.
    }
  }

  save(): void {
    const texts = (files: Map<string, Uint8Array>) =>
      Object.fromEntries([...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString()]));
    const all = Object.fromEntries([...this.skills].map(([name, files]) => [name, texts(files)]));
    writeFileSync(`${this.path}.tmp`, JSON.stringify(all));
    renameSync(`${this.path}.tmp`, this.path);
  }

  override async put(skill: AgentSkill): Promise<void> {
    await super.put(skill);
    this.save();
  }
}

/** The person's git: not the mirror's code, not its settings. */
export function git(folder: string, ...args: string[]): string {
  return execFileSync('git', ['-c', 'user.name=Pat', '-c', 'user.email=pat@example.org', ...args], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', GIT_EDITOR: 'true' },
  });
}

export class Place {
  readonly root = mkdtempSync(join(tmpdir(), 'letta-mirror-'));
  readonly folder = join(this.root, 'memory');
  readonly blocks = new FakeBlocks();
  readonly mirror: Mirror;

  constructor(options: Partial<MirrorOptions> = {}) {
    this.mirror = new Mirror({
      folder: this.folder,
      agentId: 'agent-1',
      blocks: this.blocks,
      maskSecrets,
      ...options,
    });
  }

  read(path: string): string {
    return readFileSync(join(this.folder, path), 'utf8');
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.folder, path), text);
  }

  /** Changes the text of a file as a person does in an editor. */
  edit(path: string, from: string, to: string): void {
    const text = this.read(path);
    if (!text.includes(from)) throw new Error(`${path} does not hold ${from}:\n${text}`);
    this.write(path, text.replace(from, to));
  }

  git(...args: string[]): string {
    return git(this.folder, ...args);
  }

  /** Every text that any commit reachable from a branch ever held, and every message. */
  history(): string {
    return this.git('log', '--all', '-p', '--format=%B');
  }

  /** What a reader of the repository finds wrong. */
  check(): void {
    this.git('fsck', '--strict', '--no-dangling');
  }

  dispose(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
