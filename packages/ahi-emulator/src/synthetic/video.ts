import { setImmediate } from 'node:timers/promises'
import { crc32 } from 'node:zlib'
import { createRandom } from '../random.ts'

const blockLength = 1024 * 1024
/**
 * Bytes at the beginning of each block that differ between blocks: a number and, in the first one, the boxes of a movie
 * file.
 */
const headLength = 64
const numberOffset = 56

/**
 * Yields bytes that look like a video file, in read-only pieces. They begin with the boxes of an MP4 file, followed by
 * blocks of the same noise. Each block begins with its number, so that a swapped block is noticed.
 */
export function* videoPieces({
  seed,
  byteLength,
}: {
  readonly seed: number
  readonly byteLength: number
}): Generator<Uint8Array<ArrayBuffer>> {
  const noise = noiseBlock(seed)
  for (let offset = 0; offset < byteLength; offset += blockLength) {
    const head = offset === 0 ? movieBoxes(byteLength) : new Uint8Array(headLength)
    new DataView(head.buffer).setBigUint64(numberOffset, BigInt(offset / blockLength))
    yield head.subarray(0, byteLength - offset)
    if (byteLength - offset > headLength) yield noise.subarray(0, byteLength - offset - headLength)
  }
}

/** Returns the CRC-32 of a video. Yields to other tasks regularly, because gigabytes take seconds. */
export async function videoChecksum(video: { readonly seed: number; readonly byteLength: number }): Promise<number> {
  let crc = 0
  let count = 0
  for (const piece of videoPieces(video)) {
    crc = crc32(piece, crc)
    count += 1
    if (count % 32 === 0) await setImmediate()
  }
  return crc
}

function noiseBlock(seed: number): Uint8Array<ArrayBuffer> {
  const random = createRandom(seed)
  return new Uint8Array(
    Uint32Array.from({ length: (blockLength - headLength) / 4 }, () => random.next() * 2 ** 32).buffer,
  )
}

/** Returns a file type box and the header of a media data box with a 64-bit size (ISO/IEC 14496-12). */
function movieBoxes(byteLength: number): Uint8Array<ArrayBuffer> {
  const head = new Uint8Array(headLength)
  const boxes = Buffer.from(head.buffer)
  boxes.writeUInt32BE(24, 0)
  boxes.write('ftypmp42\0\0\0\0mp42isom', 4, 'latin1')
  boxes.writeUInt32BE(1, 24)
  boxes.write('mdat', 28, 'latin1')
  boxes.writeBigUInt64BE(BigInt(byteLength - 24), 32)
  return head
}
