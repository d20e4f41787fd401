import { encodePart10, type DicomInstance } from '@ahi-dicom/dicomizer'
import { describe, expect, test } from 'vitest'

import { jpeg, jpeg2000 } from './code-streams.ts'
import { bytesOf, imageMetadata, knownFrame, onlyInstance } from './instances.ts'
import { fileSource } from './whole-files.ts'

const colour = { components: 3, bitsPerSample: 8 } as const
const { decoded } = knownFrame(0, colour)
const uid = (ending: string): string => `1.2.840.10008.1.2.4.${ending}`
const untransformed = jpeg2000({ ...colour, hasColourTransform: false })

/** Returns an instance that AHI stores as one object, in a transfer syntax without frames. */
function keptWhole(stated: string, transferSyntaxUid: string, codeStream: Uint8Array): DicomInstance {
  const attributes = {
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.7',
    SOPInstanceUID: '1.2.3.4.5',
    Rows: decoded.height,
    Columns: decoded.width,
    SamplesPerPixel: 3,
    PhotometricInterpretation: stated,
    PlanarConfiguration: 0,
    BitsAllocated: 8,
    BitsStored: 8,
    HighBit: 7,
    PixelRepresentation: 0,
  }
  const file = encodePart10({ attributes, transferSyntaxUid, pixelData: [codeStream] })
  return onlyInstance(imageMetadata([], attributes), {
    instanceSource: fileSource(file, { isStoredOnly: true }),
    frameDecoder: { decode: async () => decoded, decodes: () => true },
  })
}

describe('frames of whole instances have the colours of the code stream', () => {
  test.each([
    ['RGB', '55', jpeg({ isJfif: true }), 'YBR_FULL'],
    ['RGB', '53', jpeg({ adobeTransform: 1 }), 'YBR_FULL'],
    ['YBR_FULL', '55', jpeg({ identifiers: [...Buffer.from('RGB')] }), 'RGB'],
    ['YBR_FULL_422', '55', jpeg({ adobeTransform: 0 }), 'RGB'],
    ['YBR_FULL_422', '55', jpeg(), 'YBR_FULL'],
    ['RGB', '55', jpeg(), 'RGB'],
    ['YBR_ICT', '91', untransformed, 'YBR_FULL'],
    ['YBR_RCT', '90', untransformed, 'YBR_FULL'],
    ['YBR_RCT', '90', jpeg2000({ ...colour, hasColourTransform: true }), 'RGB'],
    ['RGB', '90', untransformed, 'RGB'],
  ])('called %s in .%s', async (stated, syntax, codeStream, actual) => {
    const instance = keptWhole(stated, uid(syntax), codeStream)
    expect(instance.source).toBe('instance')
    await bytesOf(instance.part10())
    expect(await instance.frame(0)).toEqual(decoded.pixels)
    expect(instance.attributes.string('PhotometricInterpretation')).toBe(actual)
  })
})
