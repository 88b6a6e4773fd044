// The texts of the view. Imported from here, never from `protocol`: the translations that the extension has put into the page are set
// before any module that has texts.
import { setLanguage } from '../../src/protocol/l10n.ts';

export { language, plural, t } from '../../src/protocol/l10n.ts';

const inPage = globalThis.document?.getElementById('translations')?.textContent;
if (inPage) setLanguage(document.documentElement.lang, JSON.parse(inPage) as Record<string, string>);
