/** Raised when `SYSTEM_PROMPT` (`prompt.ts`) changes, so that agents made earlier get the new one. */
export const PROMPT_VERSION = 1;
