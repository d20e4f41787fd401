import { processOf, readSof, readSos, skipFill } from '../headers/jpeg-segments.ts'
import { markerSegmentAt } from '../headers/marker-segment.ts'
import { jpegMarkers } from '../headers/markers.ts'
import { createHuffmanDecoder } from './huffman-table.ts'
import { readScan } from './scan-samples.ts'
import type { SofFields } from '../headers/jpeg-segments.ts'
import type { MarkerSegment } from '../headers/marker-segment.ts'
import type { HuffmanDecoder } from './huffman-table.ts'
import type { LosslessScan, SampleGrid } from './scan-samples.ts'

/**
 * A decoded lossless JPEG: little endian, the samples of a pixel together, one byte per sample up to 8 bits, otherwise
 * two.
 */
export interface LosslessImage {
  readonly width: number
  readonly height: number
  readonly componentCount: number
  readonly bitsPerSample: number
  readonly isSigned: false
  readonly samples: Uint8Array
}

const tableHeaderLength = 17

/**
 * Decodes a JPEG of the lossless process with Huffman codes (SOF3, T.81 annex H). The segments are already checked.
 * Here the coded samples are checked: each code must exist, and their number must be right.
 *
 * @throws {Error} with the reason
 */
export function decodeLosslessJpeg(bytes: Uint8Array): LosslessImage {
  const jpeg = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const tables = new Map<number, HuffmanDecoder>()
  let frame: (SofFields & { readonly grid: SampleGrid }) | undefined
  let restartInterval = 0
  let shift = 0
  let offset = 2
  while (jpeg.getUint16(offset) !== jpegMarkers.EOI) {
    const segment = markerSegmentAt(jpeg, offset)
    if (segment === undefined) throw new Error('a segment is damaged')
    let { end } = segment
    if (segment.marker === jpegMarkers.DHT) readTables(jpeg, segment, tables)
    else if (segment.marker === jpegMarkers.DRI) restartInterval = jpeg.getUint16(segment.content)
    else if (processOf(segment.marker) === 'lossless') frame = readFrame(jpeg, segment)
    else if (segment.marker === jpegMarkers.SOS) {
      if (frame === undefined) throw new Error('it has a scan before its frame')
      const scan = readScanHeader(jpeg, segment, { frame, tables, restartInterval })
      shift = scan.pointTransform
      end = readScan(bytes, end, scan, frame.grid)
    }
    offset = skipFill(jpeg, end)
  }
  if (frame === undefined) throw new Error('it has no frame')
  const { width, height, bitsPerSample } = frame
  const { components: componentCount, samples } = frame.grid
  return { width, height, componentCount, bitsPerSample, isSigned: false, samples: asBytes(samples, shift, frame) }
}

function readFrame(jpeg: DataView, segment: MarkerSegment): SofFields & { readonly grid: SampleGrid } {
  const fields = readSof(jpeg, segment)
  if (fields === undefined) throw new Error('its frame is damaged')
  const { width, height } = fields
  const components = fields.components.length
  return { ...fields, grid: { width, height, components, samples: new Uint16Array(width * height * components) } }
}

function readTables(jpeg: DataView, { content, end }: MarkerSegment, tables: Map<number, HuffmanDecoder>): void {
  let offset = content
  while (offset + tableHeaderLength <= end) {
    const counts = bytesAt(jpeg, offset + 1, tableHeaderLength - 1)
    const count = counts.reduce((sum, length) => sum + length, 0)
    const next = offset + tableHeaderLength + count
    if (next > end) throw new Error('a Huffman table is damaged')
    tables.set(jpeg.getUint8(offset), createHuffmanDecoder(counts, bytesAt(jpeg, offset + tableHeaderLength, count)))
    offset = next
  }
}

function readScanHeader(
  jpeg: DataView,
  segment: MarkerSegment,
  known: {
    readonly frame: SofFields
    readonly tables: ReadonlyMap<number, HuffmanDecoder>
    readonly restartInterval: number
  },
): LosslessScan {
  const { frame, tables, restartInterval } = known
  const fields = readSos(jpeg, segment)
  if (fields === undefined) throw new Error('its scan is damaged')
  const components = fields.componentIds.map((id, place) => {
    const index = frame.components.findIndex((component) => component.id === id)
    const decode = tables.get(jpeg.getUint8(segment.content + 2 + 2 * place) >>> 4)
    if (index < 0 || decode === undefined) throw new Error('a scan names a component or a table that does not exist')
    return { index, decode }
  })
  const pointTransform = jpeg.getUint8(segment.end - 1) & 0x0f
  const { parameter: predictor } = fields
  if (predictor < 1 || predictor > 7) throw new Error(`its predictor is ${predictor}`)
  if (pointTransform >= frame.bitsPerSample) throw new Error(`its point transform is ${pointTransform}`)
  if (restartInterval % frame.width !== 0) throw new Error('its restart interval is not a whole number of rows')
  return { components, predictor, pointTransform, bitsPerSample: frame.bitsPerSample, restartInterval }
}

function bytesAt({ buffer, byteOffset }: DataView, start: number, length: number): Uint8Array {
  return new Uint8Array(buffer, byteOffset + start, length)
}

function asBytes(samples: Uint16Array, shift: number, { bitsPerSample }: SofFields): Uint8Array {
  if (shift > 0) for (const [index, sample] of samples.entries()) samples[index] = sample << shift
  return bitsPerSample <= 8 ? Uint8Array.from(samples) : new Uint8Array(samples.buffer)
}
