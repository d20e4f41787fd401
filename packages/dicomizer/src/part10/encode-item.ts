import type { AttributeMap } from '@ahi-dicom/ahi-metadata'
import { ByteWriter } from '../data-set/byte-writer.ts'
import { resolveInstance } from '../document/resolve-instance.ts'
import { encodeDataSet } from './encode-data-set.ts'

const keptCapacity = 1 << 20
let scratch = new ByteWriter(1 << 12)

/**
 * Encodes attributes as a data set in Explicit VR Little Endian without group 2, such as an item of a sequence. The
 * values have the forms of AHI's metadata document. Text is written in their SpecificCharacterSet, or in ISO_IR 192 if
 * a character does not fit it.
 *
 * @throws {MetadataError} for an attribute that cannot be written
 * @example
 * import { encodeItem } from '@ahi-dicom/dicomizer'
 *
 * const item = encodeItem({ ReferencedSOPInstanceUID: '1.2.3' })
 * console.log(item.length) // 14
 */
export function encodeItem(attributes: AttributeMap): Uint8Array<ArrayBuffer> {
  const identity = {}
  const { dataSet } = resolveInstance([attributes], { vrs: {}, identity })
  const writer = scratch
  writer.length = 0
  encodeDataSet(writer, dataSet, { identity })
  const bytes = writer.take()
  if (writer.capacity > keptCapacity) scratch = new ByteWriter(1 << 12)
  return bytes
}
