// What a request to the model says of tools: which are offered, what calls came to, what the person said.
import { messageText, type RecordedRequest } from '../../support/scripted-model.ts';

const bodyOf = (request: RecordedRequest | undefined) => {
  if (!request) throw new Error('The model did not get this request.');
  return request.body;
};

export function toolNames(request: RecordedRequest | undefined): string[] {
  return (bodyOf(request).tools ?? []).map((tool) => tool.function.name);
}

/** What stands in the request as the result of a call. @throws Error when it is not there exactly once */
export function toolResult(request: RecordedRequest | undefined, callId: string): string {
  const found = bodyOf(request).messages.filter((message) => message.tool_call_id === callId);
  if (found.length !== 1) throw new Error(`The call ${callId} has ${found.length} results in the request.`);
  return messageText(found[0]);
}

/** The user messages, reminders and all. */
export function userTexts(request: RecordedRequest | undefined): string[] {
  return bodyOf(request)
    .messages.filter((message) => message.role === 'user')
    .map(messageText);
}

/** How many messages of a request hold a text. */
export function countWith(request: RecordedRequest | undefined, text: string): number {
  return bodyOf(request).messages.filter((message) => messageText(message).includes(text)).length;
}
