import type { FileContent } from '@ahi-dicom/export-files'
import { UnusableFileError } from './unusable-file-error.ts'

/** Reads bytes in order from pieces of any size. */
export interface ByteReader {
  /** Returns the number of bytes read so far. */
  position(): number
  /** Returns the number of bytes that {@link take} can return now. */
  available(): number
  /** Loads at least `byteLength` bytes. Resolves with false if the content ends before. */
  fill(byteLength: number): Promise<boolean>
  /** Returns the next bytes like {@link take}, without consuming them. */
  peek(byteLength: number): Uint8Array
  /** Consumes and returns the next bytes. They are valid until the next call of {@link fill} or {@link pieces}. */
  take(byteLength: number): Uint8Array
  /**
   * Consumes and yields the next bytes in pieces. Each piece is valid until the next one is requested.
   *
   * @throws {UnusableFileError} if the bytes end before. `Infinity` yields all bytes that are left.
   */
  pieces(byteLength: number): AsyncGenerator<Uint8Array, void, undefined>
}

const nothing = new Uint8Array(0)

/** Creates a reader of content. It requests the next piece when all earlier ones were read. */
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
        // The piece is valid only until the next one is requested.
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
