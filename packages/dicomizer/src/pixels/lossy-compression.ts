import type { FrameHeader } from '@ahi-dicom/htj2k-decoder/headers'
import { findElement, type DataSet } from '../data-set/data-set.ts'
import { textOf, withValue, type Replacement } from './pixel-module.ts'
import { tags } from '@ahi-dicom/dicom-standard'

/** Returns the LossyImageCompressionMethod of a code stream (PS3.3 C.7.6.1.1.5.1). */
function methodOf(header: FrameHeader): string | undefined {
  if (header.kind === 'htj2k') return 'ISO_15444_15'
  if (header.kind === 'jpeg2000') return 'ISO_15444_1'
  if (header.kind === 'jpeg') return header.process === 'jpeg-ls' ? 'ISO_14495_1' : 'ISO_10918_1'
  return undefined
}

/** The first frame as it is stored, with its uncompressed size. Lengths in bytes. */
export interface CompressedFrame {
  readonly header: FrameHeader | undefined
  readonly byteLength: number
  readonly uncompressedByteLength: number
}

/**
 * Returns a data set that declares lossy compression if the code stream is lossy (PS3.3 C.7.6.1.1.5). The ratio is
 * taken from the first frame and has five digits, as dcmtk writes it. Existing values are kept.
 */
export function withLossyCompression(dataSet: DataSet, frame: CompressedFrame): DataSet {
  const { header, byteLength, uncompressedByteLength } = frame
  if (header === undefined || header.kind === 'jpeg-xl' || !header.isLossy) return dataSet
  if (textOf(dataSet, tags.lossyImageCompression) === '01') return dataSet
  const ratio = Number((uncompressedByteLength / byteLength).toPrecision(5))
  const declared = withValue(dataSet, { tag: tags.lossyImageCompression, vr: 'CS', value: '01' })
  const withRatio = withAbsent(declared, { tag: tags.lossyImageCompressionRatio, vr: 'DS', value: String(ratio) })
  const method = methodOf(header)
  if (method === undefined) return withRatio
  return withAbsent(withRatio, { tag: tags.lossyImageCompressionMethod, vr: 'CS', value: method })
}

function withAbsent(dataSet: DataSet, element: Replacement): DataSet {
  const value = findElement(dataSet, element.tag)?.value
  const isEmpty = value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)
  return isEmpty ? withValue(dataSet, element) : dataSet
}
