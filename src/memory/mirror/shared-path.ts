// Where a workspace keeps the project's memory for everyone who works on it, with forward slashes.
export const SHARED_PATH = '.letta/memory/project.md';

/** What to watch for it: of folders that come with it, the file itself may be there before anything watches them. */
export const SHARED_GLOB = '{.letta,.letta/memory,.letta/memory/project.md}';
