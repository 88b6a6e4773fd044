// Read of pictures: the picture itself beside its description, and why one cannot be shown.
import { createHash } from 'node:crypto';
import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MAX_BYTES, pictureData } from '../../../src/tools/picture.ts';
import { Looking } from './looking.ts';

let look: Looking;
beforeEach(() => {
  look = new Looking();
});
afterEach(() => look.dispose());

const read = (path: string) => look.call('Read', { path });

/** Only what is looked at of a PNG: its header. */
function png(width: number, height: number, bytes = 64): Buffer {
  const data = Buffer.alloc(bytes);
  data.write('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1');
  data.writeUInt32BE(width, 16);
  data.writeUInt32BE(height, 20);
  return data;
}
function put(name: string, data: Buffer): string {
  const path = look.editor.path(name);
  writeFileSync(path, data);
  return path;
}

test.each([
  ['shot.png', png(640, 480), 'image/png', 'PNG image, 640 × 480 pixels, 64 bytes'],
  ['odd.jpg', png(640, 480), 'image/png', 'PNG image, 640 × 480 pixels, 64 bytes'],
  ['a.gif', Buffer.from('GIF89a\x0a\0\x14\0', 'latin1'), 'image/gif', 'GIF image, 10 × 20 pixels, 10 bytes'],
  [
    'a.jpg',
    Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xc0, 0, 11, 8, 0, 9, 0, 7, 3, 1, 2]),
    'image/jpeg',
    'JPEG image, 7 × 9 pixels, 20 bytes',
  ],
])('%s is given with its type as its bytes say it', async (name, data, mediaType, what) => {
  const path = put(name, data);
  const { status, text, pictures, view } = await read(name);
  expect([status, text]).toEqual(['success', `${name}: ${what}.`]);
  const sha256 = createHash('sha256').update(data).digest('hex');
  expect(pictures).toEqual([{ path, mediaType, bytes: data.length, sha256 }]);
  expect(view?.body).toMatchObject({ kind: 'picture', name, what, href: expect.stringContaining(name) });
});

test.each([
  ['large.png', png(100, 100, MAX_BYTES + 1), /at most 3,750,000 bytes: make it smaller/],
  ['wide.png', png(8_001, 2), /at most 8,000 pixels a side/],
  ['empty.png', png(0, 0), /seems to be damaged/],
  ['torn.png', Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), /seems to be damaged/],
  [
    'a.bmp',
    Buffer.concat([Buffer.from('BM'), Buffer.alloc(12), Buffer.from([40, 0, 0, 0]), Buffer.alloc(20, 1)]),
    /convert/,
  ],
])('%s is only described, with the reason', async (name, data, reason) => {
  put(name, data);
  const { text, pictures, view } = await read(name);
  expect(text).toMatch(reason);
  expect(text).toMatch(/image/);
  expect(pictures).toBeUndefined();
  expect(view?.body).toMatchObject({ kind: 'picture', name });
});

test('is sent with the very bytes that were looked at, or not at all', async () => {
  const data = png(3, 3);
  const path = put('a.png', data);
  const [picture] = (await read('a.png')).pictures ?? [];
  if (!picture) throw new Error('no picture');
  expect(await pictureData(picture)).toBe(data.toString('base64'));
  put('a.png', png(3, 4));
  expect(await pictureData(picture)).toBeUndefined();
  writeFileSync(path, data);
  expect(await pictureData(picture)).toBe(data.toString('base64'));
  appendFileSync(path, 'more');
  expect(await pictureData(picture)).toBeUndefined();
  rmSync(path);
  expect(await pictureData(picture)).toBeUndefined();
});
