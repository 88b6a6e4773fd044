// Why a page could not be had; the message is written for the model and says what to do instead.

export type WebErrorReason =
  | 'bad-url'
  | 'private'
  | 'unreachable'
  | 'redirected'
  | 'denied'
  | 'status'
  | 'slow'
  | 'not-text'
  | 'broken';

export class WebError extends Error {
  override name = 'WebError';
  readonly reason: WebErrorReason;

  constructor(reason: WebErrorReason, message: string) {
    super(message);
    this.reason = reason;
  }
}
