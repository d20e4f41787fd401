import { isFileMeta, tags } from '@ahi-dicom/dicom-standard'
import { hasPart10Prefix, part10PrefixLength, undefinedLength } from '@ahi-dicom/dicom-standard/part10'
import { headerStart, walkHeader } from './element-header.ts'
import { walkValue, type Fail, type Part10Events, type Walk } from './walk.ts'

const encoding = { isExplicit: true, isLittleEndian: true }

/**
 * Walks the preamble, the prefix and group 2 (PS3.10 7.1). Returns the header after group 2, which shows that the group
 * is over. Returns none before a deflated data set, where the group length shows it.
 */
export function* walkFileMeta(
  events: Part10Events,
  isDeflated: () => boolean,
  fail: Fail,
): Walk<Uint8Array | undefined> {
  const prefix = yield { kind: 'together', length: part10PrefixLength }
  if (!hasPart10Prefix(prefix)) fail('it is not a DICOM file: DICM is missing after the preamble')
  let left = Infinity
  while (left > 0 || !isDeflated()) {
    const first = yield { kind: 'together', length: 8 }
    const start = headerStart(first, encoding)
    if (!isFileMeta(start.tag)) return first
    const { tag, length, headerLength } = yield* walkHeader(start, encoding, fail)
    if (length === undefinedLength) fail('an element of group 2 has no length')
    left -= headerLength + length
    if (tag === tags.fileMetaInformationGroupLength && length === 4)
      left = numberOf(yield { kind: 'together', length: 4 })
    else yield* walkValue(tag, length, events)
  }
  return undefined
}

function numberOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, true)
}
