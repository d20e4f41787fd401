import { tagOf, undefinedLength, walkElementHeader } from './element-header.ts'
import { walkValue, type Fail, type Part10Events, type Walk } from './walk.ts'

const preambleLength = 128
const groupLengthTag = 0x00020000
const encoding = { isExplicit: true, isLittleEndian: true }

/**
 * Goes through the preamble, the prefix and group 2 (PS3.10 7.1). Gives the header that follows, which has to be read
 * to see that group 2 is over; none before a data set that `isDeflated`, where the group length tells.
 */
export function* walkFileMeta(
  events: Part10Events,
  isDeflated: () => boolean,
  fail: Fail,
): Walk<Uint8Array | undefined> {
  const start = yield { kind: 'together', length: preambleLength + 4 }
  const prefix = String.fromCharCode(...start.subarray(preambleLength))
  if (prefix !== 'DICM') fail('it is no DICOM file: there is no DICM behind the preamble')
  let left = Infinity
  while (left > 0 || !isDeflated()) {
    const first = yield { kind: 'together', length: 8 }
    if (tagOf(first, true) >>> 16 !== 2) return first
    const { tag, length, headerLength } = yield* walkElementHeader(first, encoding, fail)
    if (length === undefinedLength) fail('an element of group 2 has no length')
    left -= headerLength + length
    if (tag === groupLengthTag && length === 4) left = numberOf(yield { kind: 'together', length: 4 })
    else yield* walkValue(tag, length, events)
  }
  return undefined
}

function numberOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true)
}
