// What the agent sees of the workspace: editors, files, problems, git.
import './tools.cases.ts';
import './see.cases.ts';
