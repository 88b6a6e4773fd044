// What the agent sees of the workspace: editors, files, problems, git. And what VS Code's own places show of the agent, in German too.
import './tools.cases.ts';
import './see.cases.ts';
import './native.cases.ts';
import './along.cases.ts';
import './german.cases.ts';
