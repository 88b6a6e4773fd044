// Memory one can trust and correct: what is held waits for a person, and every state of a block can be seen and restored.
import { withWindow } from '../harness/with-vscode.ts';
import { register } from '../shared/case.ts';
import { inspectorCases } from '../shared/inspector.ts';

const opened = withWindow();

register(inspectorCases(opened));
