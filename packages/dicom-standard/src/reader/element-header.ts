import { lookUpTag } from '../dictionary.ts'
import { readHeaderStart } from '../part10.ts'
import { formatTag, isGroupLength, isPrivateCreator } from '../tags.ts'
import { valueRepresentation } from '../value-representation.ts'
import { requireBytes, type Cursor } from './cursor.ts'

/** The header of an element, an item or a delimiter. */
export interface ElementHeader {
  readonly tag: number
  /** VR. `UN` if PS3.5 does not have the VR of the file. */
  readonly vr: string
  readonly length: number
  /** Offset of the header. */
  readonly offset: number
  /** The VR in the file. `undefined` in implicit VR, and if it is missing. */
  readonly statedVr: string | undefined
}

/** Reads a header and moves the cursor after it. */
export function readHeader(cursor: Cursor, end: number): ElementHeader {
  requireBytes(cursor, end, { count: 8, subject: 'the header of an element' })
  const { view, offset } = cursor
  // Some writers put an implicit VR element into an explicit data set. The missing VR shows it.
  const { tag, vr: statedVr, length } = readHeaderStart(view, offset, cursor)
  const vr = statedVr ?? implicitVr(tag)
  cursor.offset += 8
  if (length !== undefined) return { tag, vr, length, offset, statedVr }
  requireBytes(cursor, end, { count: 4, subject: `the length of attribute ${formatTag(tag)}` })
  cursor.offset += 4
  const isKnown = valueRepresentation(vr) !== undefined
  return { tag, vr: isKnown ? vr : 'UN', length: view.getUint32(offset + 8, cursor.isLittleEndian), offset, statedVr }
}

/** Returns the VR in the dictionary, even `US or SS`, because the choice depends on the rest of the data set. */
function implicitVr(tag: number): string {
  if (isPrivateCreator(tag)) return 'LO'
  if (isGroupLength(tag)) return 'UL'
  return lookUpTag(tag)?.vr ?? 'UN'
}

/** Returns a likely cause of a wrong length, as text for a message. Empty if none is found. */
export function suspicion({ tag, offset, statedVr }: ElementHeader, { view, isExplicit }: Cursor): string {
  const letters = String.fromCharCode(view.getUint8(offset + 4), view.getUint8(offset + 5))
  if (!isExplicit && valueRepresentation(letters) !== undefined) {
    return '; it has an explicit VR, but the transfer syntax is implicit VR'
  }
  if (lookUpTag(tag) === undefined && lookUpTag(swapped(tag)) !== undefined) return '; it has the other byte order'
  if (!isExplicit) return ''
  if (statedVr === undefined) return '; its VR is missing'
  return valueRepresentation(statedVr) === undefined ? `; PS3.5 has no VR ${statedVr}` : ''
}

function swapped(tag: number): number {
  return (((tag & 0xff_00_ff) << 8) | ((tag >>> 8) & 0xff_00_ff)) >>> 0
}
