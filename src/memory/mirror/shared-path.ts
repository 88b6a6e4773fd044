// Where a workspace keeps the project's memory for everyone who works on it, with forward slashes.
export const SHARED_PATH = '.letta/memory/project.md';
