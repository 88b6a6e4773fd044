// What the agent does with its hands: pictures, subagents, commands.
import './hands.cases.ts';
import './commands.cases.ts';
