// Markdown that grows: finished blocks are drawn once, and groups of them are compared as one.
import { memo, useRef } from 'react';
import { type Block, BlockLexer } from './blocks.ts';
import { Growing } from './growing.ts';
import { renderBlock } from './render.tsx';

/** So many blocks are compared and skipped together: a long answer costs React one check a group, not one a block. */
const GROUP = 32;

export const Markdown = memo(function Markdown({ text, streaming }: { text: string; streaming: boolean }) {
  const lexer = useRef<BlockLexer>(undefined);
  lexer.current ??= new BlockLexer();
  const blocks = lexer.current.update(text, streaming);
  const groups: (readonly Block[])[] = [];
  for (let at = 0; at < blocks.length; at += GROUP) groups.push(blocks.slice(at, at + GROUP));
  return (
    <div className="markdown">
      {groups.map((group, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: blocks are only ever added at the end
        <Group key={index} blocks={group} growing={streaming && index === groups.length - 1} />
      ))}
    </div>
  );
});

const Group = memo(
  function Group({ blocks, growing }: { blocks: readonly Block[]; growing: boolean }) {
    return blocks.map((block, index) => {
      const key = `${index}${block.type}`;
      return <OneBlock key={key} block={block} growing={growing && index === blocks.length - 1} />;
    });
  },
  (before, after) =>
    before.growing === after.growing &&
    before.blocks.length === after.blocks.length &&
    before.blocks.every((block, i) => block === after.blocks[i]),
);

const OneBlock = memo(function OneBlock({ block, growing }: { block: Block; growing: boolean }) {
  return <Growing value={growing}>{renderBlock(block)}</Growing>;
});
