import type { BodyFaults } from './fault-plan.ts'

/** A body with its faults applied. */
export interface FaultyBody {
  /** Value of Content-Length. `undefined` if the length of the original body is unknown. */
  readonly byteLength: number | undefined
  readonly chunks: AsyncIterable<Uint8Array>
}

/** Thrown within a body to end its connection there. */
export class ConnectionCut extends Error {
  override readonly name = 'ConnectionCut'
}

/** Bodies of unknown length are cut and corrupted within this many bytes. */
const unknownLength = 64 * 1024
/** Interval between the pieces of a body of limited bandwidth, in milliseconds. */
const pieceMs = 50

/** Applies faults to a body. `wait` resolves after the given milliseconds. */
export function faultyBody(
  body: { readonly byteLength: number | undefined; readonly chunks: AsyncIterable<Uint8Array> },
  { faults, wait }: { readonly faults: BodyFaults; readonly wait: (ms: number) => Promise<void> },
): FaultyBody {
  const length = body.byteLength ?? unknownLength
  const { random } = faults
  const place = (given: number | 'somewhere' | undefined): number =>
    given === 'somewhere' ? Math.floor(random.next() * length) : (given ?? Infinity)
  const cutAt = place(faults.cutAfter)
  const endAt = place(faults.truncateAfter)
  const corrupted = new Set(Array.from({ length: faults.corruptBytes }, () => Math.floor(random.next() * length)))
  const byteLength = body.byteLength === undefined ? undefined : Math.min(body.byteLength, endAt)
  const shaped = limited(corrupt(body.chunks, corrupted), { cutAt, endAt })
  return {
    byteLength,
    chunks: Number.isFinite(faults.bytesPerSecond) ? slowed(shaped, faults.bytesPerSecond, wait) : shaped,
  }
}

/** Inverts the bytes at the given offsets. */
async function* corrupt(
  chunks: AsyncIterable<Uint8Array>,
  offsets: ReadonlySet<number>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let start = 0
  for await (const chunk of chunks) {
    const inside = [...offsets].filter((offset) => offset >= start && offset < start + chunk.byteLength)
    const changed = inside.length === 0 ? chunk : Uint8Array.from(chunk)
    for (const offset of inside) changed[offset - start] = (changed[offset - start] ?? 0) ^ 0xff
    start += chunk.byteLength
    yield changed
  }
}

async function* limited(
  chunks: AsyncIterable<Uint8Array>,
  { cutAt, endAt }: { readonly cutAt: number; readonly endAt: number },
): AsyncGenerator<Uint8Array, void, undefined> {
  let left = Math.min(cutAt, endAt)
  for await (const chunk of chunks) {
    if (chunk.byteLength > left) {
      if (left > 0) yield chunk.subarray(0, left)
      break
    }
    left -= chunk.byteLength
    yield chunk
  }
  if (cutAt < endAt) throw new ConnectionCut('the body is cut')
}

async function* slowed(
  chunks: AsyncIterable<Uint8Array>,
  bytesPerSecond: number,
  wait: (ms: number) => Promise<void>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const pieceLength = Math.max(1, Math.floor((bytesPerSecond * pieceMs) / 1000))
  for await (const chunk of chunks) {
    for (let start = 0; start < chunk.byteLength; start += pieceLength) {
      const piece = chunk.subarray(start, start + pieceLength)
      await wait((piece.byteLength / bytesPerSecond) * 1000)
      yield piece
    }
  }
}
