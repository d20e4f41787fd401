import type { DataSetEncoding } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import { walkDataSet } from './walk-data-set.ts'
import { walkFileMeta } from './walk-file-meta.ts'
import { longestValue, type Fail, type Part10Events, type Walk, type Wanted } from './walk.ts'

/** Follows the structure of a DICOM file through its bytes, in pieces of any size. */
export interface Part10Walker {
  /**
   * Takes the next bytes. Returns the remaining ones if they belong to a deflated data set (PS3.5 A.5): inflate these
   * and all that follow, and feed the result.
   */
  feed(bytes: Uint8Array): Uint8Array | undefined
  /** Ends the file. */
  end(): void
}

const nothing = new Uint8Array(0)

/**
 * Returns a walker. It reads headers and the values that `events` wants. It follows sequences of undefined length, and
 * skips values of defined length. `encoding` is called after group 2.
 */
export function createPart10Walker(events: Part10Events, encoding: () => DataSetEncoding, fail: Fail): Part10Walker {
  const walk = walkFile(events, encoding, fail)
  const gathered = new Uint8Array(longestValue)
  let wanted: Wanted | undefined
  let received = 0
  let walked = 0
  advance(nothing)

  function advance(bytes: Uint8Array): void {
    received = 0
    const { value, done } = walk.next(bytes)
    wanted = done === true ? undefined : value
  }

  /** Continues with a view if all the bytes are in one piece, else with a copy. Returns the number of bytes taken. */
  function takeTogether(bytes: Uint8Array, length: number): number {
    if (received === 0 && bytes.length >= length) {
      advance(bytes.subarray(0, length))
      return length
    }
    const taken = Math.min(length - received, bytes.length)
    gathered.set(bytes.subarray(0, taken), received)
    received += taken
    if (received === length) advance(gathered.slice(0, length))
    return taken
  }

  function takePiece(bytes: Uint8Array, length: number, each: ((piece: Uint8Array) => void) | undefined): number {
    const taken = Math.min(length - received, bytes.length)
    received += taken
    if (taken > 0) each?.(bytes.subarray(0, taken))
    if (received === length) advance(nothing)
    return taken
  }

  return {
    feed(bytes) {
      let rest = bytes
      while (wanted !== undefined) {
        if (wanted.kind === 'inflated') {
          advance(nothing)
          return rest
        }
        const { length } = wanted
        if (rest.length === 0 && length > 0) return undefined
        const taken = wanted.kind === 'together' ? takeTogether(rest, length) : takePiece(rest, length, wanted.each)
        rest = rest.subarray(taken)
        walked += taken
      }
      return undefined
    },
    end() {
      if (wanted?.kind === 'together' && wanted.mayEnd === true && received === 0) advance(nothing)
      if (wanted !== undefined) fail(`it ends inside an element, after ${walked} bytes`)
    },
  }
}

function* walkFile(events: Part10Events, encodingOf: () => DataSetEncoding, fail: Fail): Walk<void> {
  const first = yield* walkFileMeta(events, () => encodingOf().isDeflated, fail)
  const encoding = encodingOf()
  if (first === undefined) yield { kind: 'inflated', length: 0 }
  else if (encoding.isDeflated) fail('it does not say where its deflated data set begins: group 2 has no length')
  yield* walkDataSet(first, { encoding, events, fail })
}
