// What the Memory and the Skills panel ask, passed on to the home.
import { t } from '../protocol/l10n.ts';
import type { Handlers } from '../protocol/rpc.ts';
import { acknowledge } from './acknowledge.ts';
import type { ChatHome } from './home.ts';

type Method = Extract<keyof Handlers, `${'memory' | 'review' | 'archive' | 'context' | 'skills'}.${string}`>;

export interface MemoryRequestsDeps {
  home(): Promise<ChatHome>;
  /** No change of memory waits for the person, as far as it was counted. */
  nothingWaits(): boolean;
  /** What a call wrote was taken back: its card says so. */
  undone(call: { threadId: string; id: string }): void;
}

export function memoryRequests({ home, nothingWaits, undone }: MemoryRequestsDeps): Pick<Handlers, Method> {
  const memory = async () => (await home()).memory();
  const desk = async () => (await home()).skills.desk();
  const block = async (blockId: string) => {
    const found = (await (await home()).blocks.list()).find((each) => each.id === blockId);
    if (!found) throw new Error(t('This block is no longer there.'));
    return found;
  };
  return {
    'memory.list': async () => (await home()).blocks.list(),
    'memory.save': async ({ blockId, value, base }) => (await home()).blocks.save(blockId, value, base),
    'memory.create': async (block) => (await memory()).create(block),
    'memory.change': async ({ blockId, ...change }) => (await memory()).change(blockId, change),
    'memory.delete': async ({ blockId }) => acknowledge((await memory()).remove(blockId)),
    'memory.attach': async () => acknowledge((await memory()).attach()),
    'memory.history': async ({ blockId, before }) => (await memory()).history(blockId, before),
    'memory.compare': async ({ blockId, revisionId, to }) =>
      acknowledge((await memory()).compare(blockId, revisionId, to)),
    'memory.restore': async ({ blockId, revisionId }) => (await memory()).restore(blockId, revisionId),
    'memory.lines': async ({ blockId }) => (await memory()).lines(blockId),
    'memory.confirm': async ({ blockId, line }) => {
      await (await memory()).confirm(blockId, line);
      return block(blockId);
    },
    'memory.undo': async ({ label, call }) => {
      const taken = await (await memory()).undo(label, call);
      if (taken) undone(taken);
      return (await (await home()).blocks.list()).find((each) => each.label === label) ?? null;
    },
    'memory.expire': async ({ blockId, line }) => {
      await (await memory()).expire(blockId, line);
      return block(blockId);
    },
    'memory.showTurn': async ({ threadId, messageId }) => acknowledge((await memory()).showTurn(threadId, messageId)),
    // Asked by every view that starts: a memory store is not opened for nothing.
    'review.list': async () => (nothingWaits() && !(await home()).memoryInUse() ? [] : (await memory()).reviews()),
    'review.accept': async ({ id, text }) => acknowledge((await memory()).accept(id, text)),
    'review.compare': async ({ id }) => acknowledge((await memory()).compareReview(id)),
    'review.reject': async ({ id }) => acknowledge((await memory()).reject(id)),
    'review.decideAll': async ({ ids, accept }) => acknowledge((await memory()).decideAll(ids, accept)),
    'archive.list': async (query) => (await memory()).archive.list(query),
    'archive.add': async ({ text, tags }) => (await memory()).archive.add(text, tags),
    'archive.replace': async ({ id, text, tags }) => (await memory()).archive.replace(id, text, tags),
    'archive.confirm': async ({ id }) => (await memory()).archive.confirm(id),
    'archive.delete': async ({ id }) => {
      const taken = await (await memory()).archive.remove(id);
      if (taken) undone(taken);
      return {};
    },
    'context.show': async ({ threadId }) => {
      const answers = await (await home()).answers();
      const [context, spent] = await Promise.all([(await memory()).context(threadId), answers.spentIn(threadId)]);
      return { ...context, ...(spent ? { spent } : {}) };
    },
    'memory.search': async ({ query }) => (await memory()).search(query),
    'skills.list': async () => (await home()).skills.list(),
    'skills.edit': async ({ skillId }) => acknowledge((await desk()).edit(skillId)),
    'skills.new': async () => acknowledge((await desk()).create()),
    'skills.delete': async ({ skillId }) => acknowledge((await desk()).remove(skillId)),
    'skills.move': async ({ skillId }) => acknowledge((await desk()).move(skillId)),
    'skills.fix': async ({ skillId }) => acknowledge((await desk()).fix(skillId)),
    'skills.wrap': async ({ skillId }) => acknowledge((await desk()).wrap(skillId)),
    'skills.try': async ({ skillId }) => acknowledge((await home()).skills.run('letta.trySkill', skillId)),
    'skills.revise': async ({ skillId }) => acknowledge((await home()).skills.run('letta.reviseSkill', skillId)),
    'skills.revision': async ({ skillId }) =>
      acknowledge((await home()).skills.run('letta.viewSkillRevision', skillId)),
    'skills.export': async ({ skillId }) => acknowledge((await home()).skills.run('letta.exportSkill', skillId)),
    'skills.versions': async ({ skillId }) => acknowledge((await home()).skills.run('letta.skillVersions', skillId)),
    'skills.import': async () => acknowledge((await home()).skills.run('letta.importSkill')),
    'skills.offered': async ({ answer }) => acknowledge((await home()).skills.offered(answer)),
    'skills.preview': async ({ skillId }) => (await desk()).preview(skillId),
    'skills.enable': async ({ skillId, enabled }) => acknowledge((await home()).skills.enable(skillId, enabled)),
  };
}
