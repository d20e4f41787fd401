import { deflateRawSync } from 'node:zlib'
import { bytesInMemory, type ByteSource } from '@ahi-dicom/dicom-standard/reader'

/** An element to write: little endian bytes, the items of a sequence, or fragments. */
export interface TestElement {
  readonly tag: number
  readonly vr: string
  readonly value?: Uint8Array
  readonly items?: readonly (readonly TestElement[])[]
  /** Fragments, the Basic Offset Table first. */
  readonly fragments?: readonly Uint8Array[]
}

/** Options of {@link writeDicom}. */
export interface TestEncoding {
  readonly transferSyntaxUid: string
  readonly hasUndefinedLengths?: boolean
}

export const explicit = '1.2.840.10008.1.2.1'
export const implicit = '1.2.840.10008.1.2'
export const bigEndian = '1.2.840.10008.1.2.2'
export const deflated = '1.2.840.10008.1.2.1.99'

const longVrs = new Set(['OB', 'OW', 'OF', 'OD', 'OL', 'OV', 'UN', 'UT', 'UC', 'UR', 'SQ', 'SV', 'UV'])
const units: Readonly<Record<string, number>> = {
  US: 2,
  SS: 2,
  OW: 2,
  AT: 2,
  UL: 4,
  SL: 4,
  FL: 4,
  OL: 4,
  OF: 4,
  FD: 8,
  OD: 8,
  OV: 8,
  SV: 8,
  UV: 8,
}

/** Writes a DICOM file. It is for tests only, and shares nothing with the writer of the product. */
export function writeDicom(
  elements: readonly TestElement[],
  encoding: TestEncoding = { transferSyntaxUid: explicit },
): Buffer {
  const meta = writeElement(text(0x00020010, 'UI', encoding.transferSyntaxUid), { transferSyntaxUid: explicit })
  const body = writeElements(elements, encoding)
  const isDeflated = encoding.transferSyntaxUid === deflated
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), meta, isDeflated ? deflateRawSync(body) : body])
}

/** Writes a DICOM file as {@link writeDicom} does, and returns it as a source. */
export function dicomSource(elements: readonly TestElement[], encoding?: TestEncoding): ByteSource {
  return bytesInMemory(writeDicom(elements, encoding))
}

/** Returns an element with text of an even length. */
export function text(tag: number, vr: string, value: string): TestElement {
  const bytes = Buffer.from(value, 'latin1')
  const padding = Buffer.from(vr === 'UI' ? '\0' : ' ')
  return { tag, vr, value: bytes.byteLength % 2 === 0 ? bytes : Buffer.concat([bytes, padding]) }
}

/** Returns an element with unsigned 16-bit numbers. */
export function shorts(tag: number, ...values: readonly number[]): TestElement {
  return { tag, vr: 'US', value: new Uint8Array(Uint16Array.from(values).buffer) }
}

function writeElements(elements: readonly TestElement[], encoding: TestEncoding): Buffer {
  const sorted = [...elements].sort((left, right) => left.tag - right.tag)
  return Buffer.concat(sorted.map((element) => writeElement(element, encoding)))
}

function writeElement(element: TestElement, encoding: TestEncoding): Buffer {
  const { tag, vr, value = new Uint8Array(0), items, fragments } = element
  const { transferSyntaxUid: syntax, hasUndefinedLengths = false } = encoding
  const isBig = syntax === bigEndian
  if (fragments !== undefined) {
    const parts = fragments.flatMap((fragment) => [delimiter(0xe000, fragment.byteLength, isBig), fragment])
    return Buffer.concat([header(tag, vr, 0xffffffff, encoding), ...parts, delimiter(0xe0dd, 0, isBig)])
  }
  if (items !== undefined) {
    const written = items.map((item) => writeItem(item, encoding))
    const body = Buffer.concat(hasUndefinedLengths ? [...written, delimiter(0xe0dd, 0, isBig)] : written)
    return Buffer.concat([header(tag, 'SQ', hasUndefinedLengths ? 0xffffffff : body.byteLength, encoding), body])
  }
  return Buffer.concat([header(tag, vr, value.byteLength, encoding), isBig ? swapped(value, units[vr] ?? 1) : value])
}

function writeItem(item: readonly TestElement[], encoding: TestEncoding): Buffer {
  const isBig = encoding.transferSyntaxUid === bigEndian
  const body = writeElements(item, encoding)
  if (encoding.hasUndefinedLengths !== true) return Buffer.concat([delimiter(0xe000, body.byteLength, isBig), body])
  return Buffer.concat([delimiter(0xe000, 0xffffffff, isBig), body, delimiter(0xe00d, 0, isBig)])
}

function header(tag: number, vr: string, length: number, { transferSyntaxUid: syntax }: TestEncoding): Buffer {
  const isBig = syntax === bigEndian
  const tagBytes = numbers(isBig, [2, tag >>> 16], [2, tag & 0xffff])
  if (syntax === implicit) return Buffer.concat([tagBytes, numbers(false, [4, length])])
  if (longVrs.has(vr)) return Buffer.concat([tagBytes, Buffer.from(vr), Buffer.alloc(2), numbers(isBig, [4, length])])
  return Buffer.concat([tagBytes, Buffer.from(vr), numbers(isBig, [2, length])])
}

function delimiter(element: number, length: number, isBig: boolean): Buffer {
  return numbers(isBig, [2, 0xfffe], [2, element], [4, length])
}

function numbers(isBig: boolean, ...fields: readonly (readonly [width: number, value: number])[]): Buffer {
  const parts = fields.map(([width, value]) => {
    const bytes = Buffer.alloc(width)
    if (isBig) bytes.writeUIntBE(value, 0, width)
    else bytes.writeUIntLE(value, 0, width)
    return bytes
  })
  return Buffer.concat(parts)
}

function swapped(value: Uint8Array, unit: number): Uint8Array {
  const bytes = Buffer.from(value)
  for (let start = 0; start + unit <= bytes.byteLength; start += unit) bytes.subarray(start, start + unit).reverse()
  return bytes
}
