import { implicitVrLittleEndian, dataSetEncoding } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import { evenLength, readHeaderStart } from '@ahi-dicom/dicom-standard/part10'
import { MalformedMessageError } from './malformed-message-error.ts'

/** Tags of the elements of a command set (PS3.7 E.1). */
export const commandTags = {
  groupLength: 0x00000000,
  affectedSopClassUid: 0x00000002,
  commandField: 0x00000100,
  messageId: 0x00000110,
  messageIdBeingRespondedTo: 0x00000120,
  priority: 0x00000700,
  dataSetType: 0x00000800,
  status: 0x00000900,
  affectedSopInstanceUid: 0x00001000,
} as const

/** Values of Command Field (PS3.7 E.1). */
export const commandFields = {
  storeRequest: 0x0001,
  storeResponse: 0x8001,
  echoRequest: 0x0030,
  echoResponse: 0x8030,
} as const

/** Command Data Set Type of a message without data set (PS3.7 E.1). */
export const noDataSet = 0x0101

/** Elements of a command set by tag. UIDs are texts and numbers have 16 bits. Other elements stay bytes. */
export type CommandSet = ReadonlyMap<number, string | number | Uint8Array>

const encoding = dataSetEncoding(implicitVrLittleEndian)
const headerLength = 8
const uidTags: ReadonlySet<number> = new Set([commandTags.affectedSopClassUid, commandTags.affectedSopInstanceUid])
const numberTags: ReadonlySet<number> = new Set([
  commandTags.commandField,
  commandTags.messageId,
  commandTags.messageIdBeingRespondedTo,
  commandTags.priority,
  commandTags.dataSetType,
  commandTags.status,
])

/** Encodes a command set in Implicit VR Little Endian, starting with its group length (PS3.7 6.3.1). */
export function encodeCommandSet(commandSet: CommandSet): Uint8Array {
  const elements = [...commandSet].toSorted(([a], [b]) => a - b).map(([tag, value]) => element(tag, valueBytes(value)))
  const groupLength = Buffer.alloc(4)
  groupLength.writeUInt32LE(elements.reduce((sum, { byteLength }) => sum + byteLength, 0))
  return Buffer.concat([element(commandTags.groupLength, groupLength), ...elements])
}

/**
 * Decodes a command set. Unknown elements stay bytes.
 *
 * @throws {MalformedMessageError} if the bytes are not a command set
 */
export function decodeCommandSet(bytes: Uint8Array): CommandSet {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const commandSet = new Map<number, string | number | Uint8Array>()
  let offset = 0
  while (offset < bytes.byteLength) {
    if (bytes.byteLength - offset < headerLength) throw cut(offset)
    const { tag, length = 0 } = readHeaderStart(view, offset, encoding)
    offset += headerLength
    if (tag >>> 16 !== 0) throw new MalformedMessageError('its command set has an element of another group than 0000')
    if (length > bytes.byteLength - offset) throw cut(offset)
    if (tag !== commandTags.groupLength) commandSet.set(tag, valueOf(tag, bytes.subarray(offset, offset + length)))
    offset += length
  }
  return commandSet
}

/** Returns a number of a command set. `undefined` if it is missing. */
export function commandNumber(commandSet: CommandSet, tag: number): number | undefined {
  const value = commandSet.get(tag)
  return typeof value === 'number' ? value : undefined
}

/** Returns a UID of a command set. `undefined` if it is missing. */
export function commandUid(commandSet: CommandSet, tag: number): string | undefined {
  const value = commandSet.get(tag)
  return typeof value === 'string' && value !== '' ? value : undefined
}

function cut(offset: number): MalformedMessageError {
  return new MalformedMessageError(`its command set is cut short at byte ${offset}`)
}

function valueOf(tag: number, bytes: Uint8Array): string | number | Uint8Array {
  if (uidTags.has(tag))
    return Buffer.from(bytes)
      .toString('latin1')
      .replace(/[\0 ]+$/, '')
  const isNumber = numberTags.has(tag) && bytes.byteLength === 2
  return isNumber ? new DataView(bytes.buffer, bytes.byteOffset, 2).getUint16(0, true) : bytes.slice()
}

function valueBytes(value: string | number | Uint8Array): Uint8Array {
  if (value instanceof Uint8Array) return value
  if (typeof value === 'string') {
    const padded = Buffer.alloc(evenLength(value.length))
    padded.write(value, 'latin1')
    return padded
  }
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(value)
  return bytes
}

function element(tag: number, value: Uint8Array): Uint8Array {
  const header = Buffer.alloc(headerLength)
  header.writeUInt16LE(tag >>> 16, 0)
  header.writeUInt16LE(tag & 0xffff, 2)
  header.writeUInt32LE(value.byteLength, 4)
  return Buffer.concat([header, value])
}
