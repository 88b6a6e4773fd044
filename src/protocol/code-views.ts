// View models of code blocks.
import * as z from 'zod/mini';

/** Longer code stays in one colour. */
export const MAX_COLOURED = { characters: 60_000, lines: 1_500 } as const;

/** The colours of a code block, in the theme that was asked for. */
export const HighlightViewSchema = z.object({
  /** `#rrggbb`, or a variable of VS Code's; the first one is the theme's colour of plain text, and is left out: ''. */
  colours: z.array(z.string()),
  /** One text a line: `length colour style` after one another, in decimal. `style`: 1 italic, 2 bold, 4 underlined, 8 struck out. */
  lines: z.array(z.string()),
});
export type HighlightView = z.infer<typeof HighlightViewSchema>;
