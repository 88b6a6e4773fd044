// A text as it is to stand in a file: with the line endings and the final newline that the file has, or that settings ask for.
import { prevailingEol } from './edit-text.ts';

export interface FileStyle {
  eol: '\n' | '\r\n';
  finalNewline: boolean;
}

/** A final newline is added where the file had one, never taken away. `before`: what the file holds; null where there is none. */
export function asWritten(content: string, before: string | null, newFile: FileStyle): string {
  const { eol, finalNewline } =
    before === null || before === '' ? newFile : { eol: prevailingEol(before), finalNewline: before.endsWith('\n') };
  const plain = (content.startsWith('\ufeff') ? content.slice(1) : content).replaceAll('\r\n', '\n');
  const ended = finalNewline && plain !== '' && !plain.endsWith('\n') ? `${plain}\n` : plain;
  return eol === '\n' ? ended : ended.replaceAll('\n', eol);
}
