// Draws marked's tokens as React elements. There is no HTML anywhere on the way: what looks like a tag is shown as text.
import type { Token, Tokens } from 'marked';
import { Fragment, type ReactNode } from 'react';
import { t } from '../l10n.tsx';
import { CodeBlock } from './CodeBlock.tsx';
import { decodeEntities } from './entities.ts';
import { Formula } from './Formula.tsx';
import { Link } from './Link.tsx';
import type { MathToken } from './math.ts';
import { PathLink } from './PathLink.tsx';
import { isPath, splitPaths } from './paths.ts';
import { readable } from './readable.ts';

/** Deeper than any person writes; a hostile text nests thousands of quotes to overflow the stack. */
const MAX_DEPTH = 24;

/** marked types its tokens as a union with an open member, so that `type` alone does not narrow it. */
const as = <T extends Token>(token: Token): T => token as T;

export function renderBlock(token: Token, depth = 0): ReactNode {
  if (depth > MAX_DEPTH) return readable(token.raw);
  switch (token.type) {
    case 'heading': {
      const { depth: level, tokens } = as<Tokens.Heading>(token);
      // Inside a message, which stands under the view's own headings.
      const Heading = `h${Math.min(level + 2, 6)}` as 'h3' | 'h4' | 'h5' | 'h6';
      return (
        <Heading className={`h${level}`} dir="auto">
          {renderInline(tokens, depth)}
        </Heading>
      );
    }
    case 'paragraph':
      return <p dir="auto">{renderInline(as<Tokens.Paragraph>(token).tokens, depth)}</p>;
    case 'text': {
      const { tokens, text } = as<Tokens.Text>(token);
      return tokens ? renderInline(tokens, depth) : readable(decodeEntities(text));
    }
    case 'code': {
      const { text, lang = '' } = as<Tokens.Code>(token);
      return <CodeBlock code={text} info={readable(decodeEntities(lang))} />;
    }
    case 'blockquote':
      return <blockquote>{renderBlocks(as<Tokens.Blockquote>(token).tokens, depth + 1)}</blockquote>;
    case 'list':
      return renderList(as<Tokens.List>(token), depth);
    case 'table':
      return renderTable(as<Tokens.Table>(token), depth);
    case 'hr':
      return <hr />;
    case 'html':
      return (
        <p className="as-text" dir="auto">
          {readable(token.raw.trimEnd())}
        </p>
      );
    case 'math':
      return <p>{formula(as<MathToken>(token))}</p>;
    case 'space':
    case 'def':
      return null;
    default:
      return renderInline([token], depth);
  }
}

function renderBlocks(tokens: readonly Token[], depth: number): ReactNode {
  return keyed(tokens, (token) => renderBlock(token, depth));
}

/** Tokens have no identity of their own: their place in their block is their key. */
function keyed(tokens: readonly Token[], draw: (token: Token) => ReactNode): ReactNode {
  return tokens.map((token, index) => {
    const key = `${index}${token.type}`;
    return <Fragment key={key}>{draw(token)}</Fragment>;
  });
}

function renderList(list: Tokens.List, depth: number): ReactNode {
  const items = keyed(list.items, (token) => {
    const item = as<Tokens.ListItem>(token);
    return (
      <li className={item.task ? 'task' : undefined} dir="auto">
        {renderItem(item, depth)}
      </li>
    );
  });
  if (!list.ordered) return <ul>{items}</ul>;
  return <ol start={list.start === '' ? 1 : list.start}>{items}</ol>;
}

function renderItem(item: Tokens.ListItem, depth: number): ReactNode {
  // A loose item wraps its lines into paragraphs, and marked has put the checkbox into the first one.
  return renderBlocks(item.tokens, depth + 1);
}

function renderTable(table: Tokens.Table, depth: number): ReactNode {
  const cell = (content: Tokens.TableCell) => ({
    children: renderInline(content.tokens, depth),
    className: content.align ?? undefined,
    dir: 'auto',
  });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for form controls
    <div className="table" tabIndex={0} role="group" aria-label={t('Table')}>
      <table>
        <thead>
          <tr>
            {table.header.map((content, column) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns have no other identity
              <th key={column} {...cell(content)} />
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other identity
            <tr key={index}>
              {row.map((content, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: columns have no other identity
                <td key={column} {...cell(content)} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** `linked`: it stands in a link, so that nothing in it becomes another one. */
function renderInline(tokens: readonly Token[], depth: number, linked = false): ReactNode {
  return keyed(tokens, (token) => renderSpan(token, depth, linked));
}

function renderSpan(token: Token, depth: number, linked: boolean): ReactNode {
  if (depth > MAX_DEPTH) return readable(token.raw);
  const inner = (inLink = linked) => renderInline(as<Tokens.Strong>(token).tokens, depth + 1, inLink);
  switch (token.type) {
    case 'text': {
      const { tokens, text } = as<Tokens.Text>(token);
      return tokens ? renderInline(tokens, depth + 1, linked) : prose(text, linked);
    }
    case 'escape':
      return as<Tokens.Escape>(token).text;
    case 'strong':
      return <strong>{inner()}</strong>;
    case 'em':
      return <em>{inner()}</em>;
    case 'del':
      return <del>{inner()}</del>;
    case 'codespan':
      return inlineCode(as<Tokens.Codespan>(token).text, linked);
    case 'math':
      return formula(as<MathToken>(token));
    case 'br':
      return <br />;
    case 'link': {
      const { href, title, autolink } = as<Tokens.Link & { autolink?: boolean }>(token);
      return (
        <Link href={autolink ? href : decodeEntities(href)} title={title ? decodeEntities(title) : undefined}>
          {inner(true)}
        </Link>
      );
    }
    case 'image': {
      // Loading it would tell a stranger that the message was read: it becomes a link that a person may follow.
      const { href, text } = as<Tokens.Image>(token);
      return <Link href={decodeEntities(href)}>{t('Image: {0}', readable(decodeEntities(text) || href))}</Link>;
    }
    case 'checkbox': {
      const { checked } = as<Tokens.Checkbox>(token);
      return (
        <input type="checkbox" checked={checked} disabled readOnly aria-label={checked ? t('Done') : t('To do')} />
      );
    }
    case 'html':
      // Models write line breaks in tables this way; no other tag means anything here.
      return /^<br\s*\/?>$/i.test(token.raw) ? <br /> : readable(token.raw);
    default:
      return readable(token.raw);
  }
}

/** Words, and links to the files that they name. */
function prose(text: string, linked: boolean): ReactNode {
  const words = readable(decodeEntities(text));
  if (linked) return words;
  return splitPaths(words).map((piece, index) => {
    const key = `${index}`;
    if (typeof piece === 'string') return <Fragment key={key}>{piece}</Fragment>;
    return (
      <PathLink key={key} href={piece.path}>
        {piece.path}
      </PathLink>
    );
  });
}

function inlineCode(text: string, linked: boolean): ReactNode {
  const code = <code dir="ltr">{readable(text)}</code>;
  return linked || !isPath(text) ? code : <PathLink href={text}>{code}</PathLink>;
}

const formula = ({ text, raw, display }: MathToken): ReactNode => <Formula text={text} raw={raw} display={display} />;
