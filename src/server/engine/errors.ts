// A request that cannot be served: status and body as the Letta API has them.
import type { JsonObject } from '../store/json.ts';

export class ApiError extends Error {
  override name = 'ApiError';
  readonly status: number;
  readonly body: JsonObject;
  readonly headers: Record<string, string>;

  /** `detail` may be an object where the API has one; `more` are fields beside it. */
  constructor(status: number, detail: string | JsonObject, more: JsonObject = {}) {
    super(typeof detail === 'string' ? detail : JSON.stringify(detail));
    this.status = status;
    this.body = { detail, ...more };
    // Clients retry a 409 by themselves, which only sends the same message again.
    this.headers = status === 409 ? { 'x-should-retry': 'false' } : {};
  }
}

/** A failed model call of a request that does not stream. */
export class UpstreamError extends ApiError {
  override name = 'UpstreamError';
  override readonly body: JsonObject;

  constructor(status: number, error: { type: string; message: string; detail: string; run_id: string }) {
    super(status, error.message);
    this.body = { error, detail: error.message };
    this.headers['x-should-retry'] = 'false';
  }
}

export const notFound = (what: string): ApiError => new ApiError(404, `${what} not found`);
