/** Id of the answer to the person's message with that id. */
export const answerIdFor = (userItemId: string): string => `answer-${userItemId}`;
