import { hasPart10Prefix, part10PrefixLength, readHeaderStart } from '../part10.ts'
import {
  explicitVrBigEndian,
  explicitVrLittleEndian,
  implicitVrLittleEndian,
  type ElementEncoding,
} from '../transfer-syntaxes.ts'
import { UnreadableFileError } from './unreadable-file-error.ts'

/** Number of bytes that show how a file begins: preamble, prefix and the header of an element. */
export const startLength: number = part10PrefixLength + 12

const identifyingGroup = 8
const metaGroup = 2

/**
 * Returns the offset of the first element of a file. A file without preamble and prefix must begin with an element of
 * group 0002 or 0008 whose length fits into the file.
 *
 * @throws {UnreadableFileError} with code `NOT_DICOM`
 */
export function firstElementOffset(start: Uint8Array, byteLength: number): number {
  if (hasPart10Prefix(start)) return part10PrefixLength
  if (start.byteLength >= 8 && isPlausible(start, byteLength)) return 0
  throw new UnreadableFileError('not a DICOM file: the prefix DICM is missing at byte 128', { code: 'NOT_DICOM' })
}

/** Returns the transfer syntax that fits the first element of a data set. `undefined` if none fits. */
export function guessTransferSyntax(start: Uint8Array): string | undefined {
  if (start.byteLength < 8) return undefined
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength)
  const isLittleEndian = view.getUint16(0, true) <= view.getUint16(0, false)
  const isExplicit = readHeaderStart(view, 0, { isExplicit: true, isLittleEndian }).vr !== undefined
  if (!isLittleEndian) return isExplicit ? explicitVrBigEndian : undefined
  return isExplicit ? explicitVrLittleEndian : implicitVrLittleEndian
}

function isPlausible(start: Uint8Array, byteLength: number): boolean {
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength)
  const isLittleEndian = [metaGroup, identifyingGroup].includes(view.getUint16(0, true))
  if (!isLittleEndian && view.getUint16(0, false) !== identifyingGroup) return false
  const explicit: ElementEncoding = { isExplicit: true, isLittleEndian }
  const { tag, vr, length = 0 } = readHeaderStart(view, 0, explicit)
  const isKnownForm = vr !== undefined || isLittleEndian
  return isKnownForm && (tag & 0xffff) <= 0x1196 && length + 8 <= byteLength
}
