import { isFileMeta, tags, valueRepresentation } from '@ahi-dicom/dicom-standard'
import type { DataElement, DataSet } from '@ahi-dicom/dicom-standard/reader'

/** A file is not in the DICOM JSON Model (PS3.18 annex F). The message gives the reason. */
export class DicomJsonError extends Error {
  override readonly name = 'DicomJsonError'
  readonly code = 'DICOM_JSON_INVALID'
}

/** Deepest nesting of sequences. No IOD comes near it. */
const deepestNesting = 64

const utf8: DataElement = {
  tag: tags.specificCharacterSet,
  vr: 'CS',
  value: Buffer.from('ISO_IR 192'),
  isBigEndian: false,
}

interface NumberForm {
  readonly byteWidth: number
  readonly write: (view: DataView, value: unknown) => void
  /** Reads the number back, to detect a value that does not fit. Absent for floats, which are rounded. */
  readonly read?: (view: DataView) => number | bigint
}

const numbers: Readonly<Record<string, NumberForm>> = {
  FD: { byteWidth: 8, write: (view, value) => view.setFloat64(0, numberOf(value), true) },
  FL: { byteWidth: 4, write: (view, value) => view.setFloat32(0, floatOf(value), true) },
  SL: {
    byteWidth: 4,
    write: (view, value) => view.setInt32(0, numberOf(value), true),
    read: (view) => view.getInt32(0, true),
  },
  SS: {
    byteWidth: 2,
    write: (view, value) => view.setInt16(0, numberOf(value), true),
    read: (view) => view.getInt16(0, true),
  },
  SV: {
    byteWidth: 8,
    write: (view, value) => view.setBigInt64(0, bigIntOf(value), true),
    read: (view) => view.getBigInt64(0, true),
  },
  UL: {
    byteWidth: 4,
    write: (view, value) => view.setUint32(0, numberOf(value), true),
    read: (view) => view.getUint32(0, true),
  },
  US: {
    byteWidth: 2,
    write: (view, value) => view.setUint16(0, numberOf(value), true),
    read: (view) => view.getUint16(0, true),
  },
  UV: {
    byteWidth: 8,
    write: (view, value) => view.setBigUint64(0, bigIntOf(value), true),
    read: (view) => view.getBigUint64(0, true),
  },
}

/**
 * Returns the data sets of a file in the DICOM JSON Model: one data set, or an array of them. Their text is UTF-8.
 * Group 2 is left out.
 * @throws {DicomJsonError} if the file is not in the DICOM JSON Model
 */
export function readDicomJson(bytes: Uint8Array): DataSet[] {
  const parsed = parse(textOfFile(bytes))
  const dataSets: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed]
  return dataSets.map((dataSet) => new Map([[utf8.tag, utf8], ...elementsOf(dataSet, 0)]))
}

function textOfFile(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new DicomJsonError('it is not UTF-8', { cause })
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new DicomJsonError('it is not JSON', { cause })
  }
}

function elementsOf(dataSet: unknown, depth: number): [number, DataElement][] {
  if (depth > deepestNesting) throw new DicomJsonError(`its sequences nest deeper than ${deepestNesting} levels`)
  return Object.entries(objectOf(dataSet, 'a data set'))
    .map(([key, element]) => elementOf(key, objectOf(element, `attribute ${key}`), depth))
    .filter(({ tag }) => !isFileMeta(tag) && tag !== tags.specificCharacterSet)
    .map((element) => [element.tag, element])
}

function elementOf(key: string, element: Readonly<Record<string, unknown>>, depth: number): DataElement {
  if (!/^[\da-f]{8}$/i.test(key)) throw new DicomJsonError(`attribute ${key} is not named by eight hexadecimal digits`)
  const { vr, Value: values = [], InlineBinary: base64 } = element
  if (typeof vr !== 'string') throw new DicomJsonError(`attribute ${key} has no vr`)
  if (!Array.isArray(values)) throw new DicomJsonError(`attribute ${key} has a Value that is not an array`)
  if ('BulkDataURI' in element) throw new DicomJsonError(`attribute ${key} has a BulkDataURI, which cannot be read`)
  const base = { tag: Number.parseInt(key, 16), vr, value: new Uint8Array(0), isBigEndian: false }
  if (vr !== 'SQ') return { ...base, value: valueOf(values, { key, vr, base64 }) }
  const items = values.map((item) => new Map(elementsOf(item ?? {}, depth + 1)))
  return { ...base, items }
}

function valueOf(
  values: readonly unknown[],
  { key, vr, base64 }: { readonly key: string; readonly vr: string; readonly base64: unknown },
): Uint8Array {
  const number = Object.hasOwn(numbers, vr) ? numbers[vr] : undefined
  const { kind, isSingleValued } = valueRepresentation(vr) ?? {}
  try {
    if (kind === 'binary') return binaryOf(base64)
    if (number !== undefined) return Buffer.concat(values.map((value) => numberBytes(value, number)))
    if (vr === 'AT') return Buffer.concat(values.map(tagBytes))
    if (vr === 'PN') return Buffer.from(values.map((value) => oneOfSeveral(personName(value))).join('\\'))
    if (isSingleValued === true) return Buffer.from(onlyText(values))
    if (kind === 'text') return Buffer.from(values.map((value) => oneOfSeveral(textOf(value))).join('\\'))
  } catch (cause) {
    if (!(cause instanceof TypeError || cause instanceof RangeError || cause instanceof SyntaxError)) throw cause
    throw new DicomJsonError(`attribute ${key} has a value that ${vr} cannot have`, { cause })
  }
  throw new DicomJsonError(`attribute ${key} has the vr ${JSON.stringify(vr)}, which is not known`)
}

function numberBytes(value: unknown, { byteWidth, write, read }: NumberForm): Uint8Array {
  const bytes = new Uint8Array(byteWidth)
  const view = new DataView(bytes.buffer)
  write(view, value)
  // A DataView keeps only the low bits of a number that does not fit.
  if (read !== undefined && Number(read(view)) !== Number(value))
    throw new RangeError('Expected a number that fits its VR')
  return bytes
}

/** Accepts a number, or the text of a number, which the model allows for large values. */
function numberOf(value: unknown): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof number === 'number' && Number.isFinite(number)) return number
  throw new TypeError('Expected a number')
}

function floatOf(value: unknown): number {
  const number = numberOf(value)
  if (Number.isFinite(Math.fround(number))) return number
  throw new RangeError('Expected a number that fits its VR')
}

/** Accepts safe integers, and text for larger ones: JSON.parse has already rounded numbers beyond 2^53. */
function bigIntOf(value: unknown): bigint {
  if (typeof value === 'string' && value.trim() !== '') return BigInt(value)
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value)
  throw new TypeError('Expected a number')
}

function tagBytes(value: unknown): Uint8Array {
  if (typeof value !== 'string' || !/^[\da-f]{8}$/i.test(value)) throw new TypeError('Expected a tag')
  const bytes = Buffer.alloc(4)
  bytes.writeUInt16LE(Number.parseInt(value.slice(0, 4), 16), 0)
  bytes.writeUInt16LE(Number.parseInt(value.slice(4), 16), 2)
  return bytes
}

function binaryOf(base64: unknown): Uint8Array {
  if (base64 === undefined) return new Uint8Array(0)
  if (typeof base64 === 'string' && /^[\d+/A-Za-z]*={0,2}$/.test(base64)) return Buffer.from(base64, 'base64')
  throw new TypeError('Expected base64')
}

/** Returns a value as text. A missing value among several is null. Half a surrogate pair cannot be written in UTF-8. */
function textOf(value: unknown): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string' && value.isWellFormed()) return value
  throw new TypeError('Expected text')
}

/** Rejects a backslash, which would split the value in two. */
function oneOfSeveral(text: string): string {
  if (text.includes('\\')) throw new TypeError('Expected text without a backslash')
  return text
}

function onlyText(values: readonly unknown[]): string {
  if (values.length > 1) throw new TypeError('Expected one value')
  return values.map(textOf).join('')
}

function personName(value: unknown): string {
  if (value === null || typeof value === 'string') return textOf(value)
  const { Alphabetic = '', Ideographic = '', Phonetic = '' } = objectOf(value, 'a person name')
  return [Alphabetic, Ideographic, Phonetic].map(textOf).join('=').replace(/=+$/, '')
}

function objectOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value }
  throw new DicomJsonError(`${what} is not an object`)
}
