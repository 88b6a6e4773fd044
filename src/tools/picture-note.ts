// What is noted of a picture that a tool has looked at.
import * as z from 'zod/mini';

/** Bytes that go along are read again when they are sent, and only while they are the ones that were looked at. */
export const PictureSchema = z.object({
  /** Absolute. */
  path: z.string(),
  mediaType: z.string(),
  bytes: z.number(),
  sha256: z.string(),
});
export type Picture = z.infer<typeof PictureSchema>;
