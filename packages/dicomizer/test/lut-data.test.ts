import type { JsonValue } from '@ahi-dicom/ahi-metadata'
import { encodePart10, type InstanceNotice } from '@ahi-dicom/dicomizer'
import { expect, test } from 'vitest'
import { ctImageStorage } from './instances.ts'

/** Returns the element of LUT Data in an item, and the notices. */
function written(data: JsonValue): { readonly vr: string; readonly words: readonly number[] } {
  const notices: InstanceNotice[] = []
  const file = Buffer.from(
    encodePart10({
      attributes: {
        SOPClassUID: ctImageStorage,
        SOPInstanceUID: '1.2.3',
        VOILUTSequence: [{ LUTDescriptor: [256, 0, 8], LUTData: data }],
      },
      onNotice: (notice) => notices.push(notice),
    }),
  )
  expect(notices).toEqual([])
  const start = file.indexOf(Buffer.from('\x28\0\x06\x30', 'latin1'))
  const vr = file.toString('latin1', start + 4, start + 6)
  const [at, byteLength] =
    vr === 'OW' ? [start + 12, file.readUInt32LE(start + 8)] : [start + 8, file.readUInt16LE(start + 6)]
  return { vr, words: Array.from({ length: byteLength / 2 }, (_, index) => file.readUInt16LE(at + index * 2)) }
}

// PS3.6 has US or OW for LUT Data.
test.each<readonly [string, JsonValue, string, readonly number[]]>([
  ['words', [1, 65_535], 'US', [1, 65_535]],
  ['bytes', 'AQD//w==', 'OW', [1, 65_535]],
  ['words of SS', [-1, -32_768, 5], 'OW', [65_535, 32_768, 5]],
  ['words of both signs', [-1, 65_535, 5], 'OW', [65_535, 65_535, 5]],
  ['more words than US has a length for', Array<number>(65_536).fill(7), 'OW', Array<number>(65_536).fill(7)],
])('LUT data of %s keeps its words', (_, data, vr, words) => {
  expect(written(data)).toEqual({ vr, words })
})
