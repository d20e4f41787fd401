import { PictureEncodingError } from '../errors.ts'
import type { AnimationFrame } from './animation.ts'
import { createTimeRounder } from './frame-times.ts'

/** A RIFF chunk with its header and padding. */
interface RiffChunk {
  readonly type: string
  readonly bytes: Buffer
}

/**
 * Largest total size of encoded frames in bytes. All frames are kept in memory until the last one is encoded, because
 * the file starts with its size.
 */
const longestAnimation = 256 * 2 ** 20

const pictureTypes = new Set(['ALPH', 'VP8 ', 'VP8L'])

/**
 * Joins WebP files of one picture each into one animated WebP that loops forever (RFC 9649 2.7). Needs as much memory
 * as the file has bytes.
 *
 * @throws {PictureEncodingError} if the frames have more than `longest` bytes (default 256 MiB), if a frame is not a
 *   WebP, or if its size differs from the first frame's
 */
export async function* encodeWebpAnimation(
  frames: AsyncIterable<AnimationFrame>,
  { longest = longestAnimation }: { readonly longest?: number } = {},
): AsyncGenerator<Uint8Array> {
  const round = createTimeRounder(1, 0xff_ffff)
  const encoded: Buffer[] = []
  let byteLength = 0
  let size: { readonly width: number; readonly height: number } | undefined
  for await (const { file, time } of frames) {
    const picture = readChunks(Buffer.from(file.buffer, file.byteOffset, file.byteLength))
    size ??= sizeOf(picture)
    const bytes = encodeFrame(picture, size, round(time))
    byteLength += bytes.byteLength
    if (byteLength > longest) throw tooLong(longest)
    encoded.push(bytes)
  }
  if (size === undefined) return
  const head = Buffer.concat([extendedHeader(size), animationHeader])
  const riff = Buffer.alloc(12)
  riff.write('RIFF', 0, 'latin1')
  riff.writeUInt32LE(4 + head.byteLength + byteLength, 4)
  riff.write('WEBP', 8, 'latin1')
  yield riff
  yield head
  yield* encoded
}

function encodeFrame(
  picture: readonly RiffChunk[],
  { width, height }: { readonly width: number; readonly height: number },
  duration: number,
): Buffer {
  const own = sizeOf(picture)
  if (own.width !== width || own.height !== height) throw invalid('its frames differ in size')
  const head = Buffer.alloc(16)
  head.writeUIntLE(width - 1, 6, 3)
  head.writeUIntLE(height - 1, 9, 3)
  head.writeUIntLE(duration, 12, 3)
  // Do not blend with the previous frame; do not dispose.
  head.writeUInt8(0x02, 15)
  return chunk('ANMF', Buffer.concat([head, ...picture.map(({ bytes }) => bytes)]))
}

/** Returns the VP8X chunk with the animation flag and the canvas size. */
function extendedHeader({ width, height }: { readonly width: number; readonly height: number }): Buffer {
  const data = Buffer.alloc(10)
  data.writeUInt8(0x02, 0)
  data.writeUIntLE(width - 1, 4, 3)
  data.writeUIntLE(height - 1, 7, 3)
  return chunk('VP8X', data)
}

/** ANIM chunk with a black background that loops forever. */
const animationHeader = chunk('ANIM', Buffer.of(0, 0, 0, 0xff, 0, 0))

function chunk(type: string, data: Buffer): Buffer {
  const bytes = Buffer.alloc(8 + data.byteLength + (data.byteLength % 2))
  bytes.write(type, 0, 'latin1')
  bytes.writeUInt32LE(data.byteLength, 4)
  data.copy(bytes, 8)
  return bytes
}

/** Returns the chunks of a WebP file that hold its picture. */
function readChunks(file: Buffer): readonly RiffChunk[] {
  const isWebp = file.toString('latin1', 0, 4) === 'RIFF' && file.toString('latin1', 8, 12) === 'WEBP'
  if (!isWebp) throw invalid('a frame is not a WebP')
  const chunks: RiffChunk[] = []
  for (let at = 12; at + 8 <= file.byteLength;) {
    const length = file.readUInt32LE(at + 4)
    const end = at + 8 + length + (length % 2)
    if (end > file.byteLength) throw invalid('a frame is truncated')
    const type = file.toString('latin1', at, at + 4)
    if (pictureTypes.has(type)) chunks.push({ type, bytes: file.subarray(at, end) })
    at = end
  }
  return chunks
}

/** Returns width and height from the bitstream (RFC 6386 9.1, RFC 9649 3.4). */
function sizeOf(chunks: readonly RiffChunk[]): { readonly width: number; readonly height: number } {
  const { type, bytes } = chunks.find(({ type }) => type !== 'ALPH') ?? {}
  if (bytes === undefined || bytes.byteLength < 18) throw invalid('a frame has no picture')
  if (type === 'VP8 ') return { width: bytes.readUInt16LE(14) & 0x3fff, height: bytes.readUInt16LE(16) & 0x3fff }
  const sizes = bytes.readUInt32LE(9)
  return { width: (sizes & 0x3fff) + 1, height: ((sizes >>> 14) & 0x3fff) + 1 }
}

function invalid(why: string): PictureEncodingError {
  return new PictureEncodingError('PICTURE_ENCODING_FAILED', `Cannot encode an animated WebP: ${why}`)
}

function tooLong(longest: number): PictureEncodingError {
  return new PictureEncodingError(
    'PICTURE_TOO_LARGE',
    `Cannot encode an animated WebP: its frames take more than ${longest} bytes; choose a smaller size, a lower quality, or fewer frames`,
  )
}
