// What the scripted model was asked, in the words that cases are about.
import { messageText, type RecordedRequest, type ScriptedModel } from '../../support/scripted-model.ts';

/** The newest request. @throws Error when the model was not asked */
export function newest(model: ScriptedModel): RecordedRequest {
  const found = model.requests.at(-1);
  if (!found) throw new Error('The model was not asked.');
  return found;
}

export function systemOf(request: RecordedRequest): string {
  return messageText(request.body.messages.find(({ role }) => role === 'system' || role === 'developer'));
}

/** The last message of a person, reminders of the editor included. */
export function lastUserOf(request: RecordedRequest): string {
  return messageText(request.body.messages.findLast(({ role }) => role === 'user'));
}

/** The reminders in the last message of a person. */
export function remindersOf(request: RecordedRequest): string {
  const blocks = lastUserOf(request).match(/<system-reminder>[\s\S]*?<\/system-reminder>/g);
  return (blocks ?? []).join('\n');
}

/** The results of a tool that the request carries. */
export function resultsOf(request: RecordedRequest, tool: string): string[] {
  const { messages } = request.body;
  const ids = messages.flatMap((message) =>
    (message.tool_calls ?? []).filter((call) => call.function.name === tool).map((call) => call.id),
  );
  return messages
    .filter((message) => message.role === 'tool' && ids.includes(message.tool_call_id ?? ''))
    .map(messageText);
}
