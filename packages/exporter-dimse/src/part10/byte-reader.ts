import type { FileContent } from '@ahi-dicom/export-files'
import { UnusableFileError } from './unusable-file-error.ts'

/** Reads bytes in order from pieces of any size. */
export interface ByteReader {
  /** Bytes that were read. */
  position(): number
  /** Bytes that {@link take} can give now. */
  available(): number
  /** Resolves with whether so many bytes are there to take now: fewer only at the end. */
  fill(byteLength: number): Promise<boolean>
  /** Returns the next bytes as {@link take} does, and leaves them. */
  peek(byteLength: number): Uint8Array
  /** Returns the next bytes. They are valid until the next call of {@link fill} or {@link pieces}. */
  take(byteLength: number): Uint8Array
  /**
   * Yields the next bytes in pieces; a piece is valid until the next one is asked for.
   *
   * @throws {UnusableFileError} if the bytes end before; not for `Infinity`, which stands for all that are left
   */
  pieces(byteLength: number): AsyncGenerator<Uint8Array, void, undefined>
}

const nothing = new Uint8Array(0)

/** Makes a reader of content. It asks for a piece when those before have been read. */
export function createByteReader(content: FileContent): ByteReader {
  const iterator = Symbol.asyncIterator in content ? content[Symbol.asyncIterator]() : content[Symbol.iterator]()
  let held: Uint8Array = nothing
  let position = 0

  async function nextPiece(): Promise<Uint8Array | undefined> {
    const { value, done } = await iterator.next()
    return done === true ? undefined : value
  }

  function take(byteLength: number): Uint8Array {
    const taken = held.subarray(0, byteLength)
    held = held.subarray(byteLength)
    position += taken.byteLength
    return taken
  }

  return {
    position: () => position,
    available: () => held.byteLength,
    async fill(byteLength) {
      while (held.byteLength < byteLength) {
        // The piece is valid until the next one is asked for.
        const kept = held.slice()
        const piece = await nextPiece()
        if (piece === undefined) {
          held = kept
          return false
        }
        held = kept.byteLength === 0 ? piece : Buffer.concat([kept, piece])
      }
      return true
    },
    peek: (byteLength) => held.subarray(0, byteLength),
    take,
    async *pieces(byteLength) {
      let left = byteLength
      while (left > 0) {
        if (held.byteLength === 0) {
          const piece = await nextPiece()
          if (piece === undefined) {
            if (byteLength === Infinity) return
            throw new UnusableFileError(`it ends inside an element, after ${position} bytes`)
          }
          held = piece
        }
        const piece = take(Math.min(left, held.byteLength))
        left -= piece.byteLength
        yield piece
      }
    },
  }
}
