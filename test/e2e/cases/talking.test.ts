// A person and the agent talk: messages and memory, answers that stream, questions that the agent asks, and which model answers.
import './smoke.cases.ts';
import './memory.cases.ts';
import './chat.cases.ts';
import './ask.cases.ts';
import './code.cases.ts';
import './models.cases.ts';
import './keyboard.cases.ts';
import './tabs.cases.ts';
import './agent-files.cases.ts';
