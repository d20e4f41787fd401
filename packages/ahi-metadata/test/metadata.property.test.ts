import { gzipSync } from 'node:zlib'
import {
  MetadataDocumentError,
  levelChecksums,
  parseImageSetMetadata,
  serializeImageSetMetadata,
} from '@ahi-dicom/ahi-metadata'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type {
  AttributeMap,
  ImageFrame,
  ImageSetMetadata,
  InstanceMetadata,
  SeriesMetadata,
} from '@ahi-dicom/ahi-metadata'

const json = fc
  .jsonValue({ noUnicodeString: false })
  .map((value): AttributeMap[string] => JSON.parse(JSON.stringify(value)))
const beyondDouble = fc.oneof(
  fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
  fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 53n) }),
)
const key = fc.stringMatching(/^[A-Za-z0-9.]{1,16}$/)
const attributes: fc.Arbitrary<AttributeMap> = fc.dictionary(key, fc.oneof(json, beyondDouble), {
  noNullPrototype: true,
})
const size = fc.integer({ min: 1, max: 70_000 })
const checksum = fc.record({ Width: size, Height: size, Checksum: fc.integer({ min: 0, max: 0xffffffff }) })
const frame: fc.Arbitrary<ImageFrame> = fc.oneof(
  fc.record({ ID: key }, { noNullPrototype: true }),
  fc.record(
    {
      ID: key,
      PixelDataChecksumFromBaseToFullResolution: fc.array(checksum, { maxLength: 3 }),
      MinPixelValue: fc.constantFrom(null, -1024),
      FrameSizeInBytes: size,
    },
    { noNullPrototype: true },
  ),
)
const instance: fc.Arbitrary<InstanceMetadata> = fc.record(
  {
    DICOM: attributes,
    DICOMVRs: fc.dictionary(key, fc.string(), { noNullPrototype: true }),
    ImageFrames: fc.array(frame, { maxLength: 3 }),
    StoredTransferSyntaxUID: key,
  },
  { requiredKeys: ['DICOM', 'DICOMVRs', 'ImageFrames'], noNullPrototype: true },
)
const series: fc.Arbitrary<SeriesMetadata> = fc.record(
  { DICOM: attributes, Instances: fc.dictionary(key, instance, { noNullPrototype: true, maxKeys: 3 }) },
  { noNullPrototype: true },
)
const imageSet: fc.Arbitrary<ImageSetMetadata> = fc.record(
  {
    SchemaVersion: fc.string(),
    DatastoreID: key,
    ImageSetID: key,
    Patient: fc.record({ DICOM: attributes }, { noNullPrototype: true }),
    Study: fc.record(
      { DICOM: attributes, Series: fc.dictionary(key, series, { noNullPrototype: true, maxKeys: 3 }) },
      { noNullPrototype: true },
    ),
  },
  { noNullPrototype: true },
)

function outcomeOf(document: Uint8Array | string): string {
  try {
    parseImageSetMetadata(document)
    return 'image set'
  } catch (error) {
    return error instanceof MetadataDocumentError ? error.name : String(error)
  }
}

test('a written document is read back unchanged, as text and as gzip', () => {
  fc.assert(
    fc.property(imageSet, (metadata) => {
      const text = serializeImageSetMetadata(metadata)
      expect(parseImageSetMetadata(text)).toEqual(metadata)
      expect(parseImageSetMetadata(gzipSync(text))).toEqual(metadata)
    }),
  )
})

test('other input is read as an image set or throws a MetadataDocumentError', () => {
  const gzipLike = fc.uint8Array().map((bytes) => Uint8Array.of(0x1f, 0x8b, 8, 0, ...bytes))
  const jsonLike = fc.oneof(json, fc.dictionary(fc.constantFrom('Study', 'DatastoreID', 'ImageSetID', 'Patient'), json))
  const document = fc.oneof(
    fc.uint8Array(),
    gzipLike,
    fc.string(),
    jsonLike.map((value) => JSON.stringify(value)),
  )
  fc.assert(
    fc.property(document, (bytes) => {
      expect(outcomeOf(bytes)).toBeOneOf(['image set', 'MetadataDocumentError'])
    }),
    { numRuns: 500 },
  )
})

test('a truncated gzip document is never read', () => {
  fc.assert(
    fc.property(imageSet, fc.nat(), (metadata, cut) => {
      const whole = gzipSync(serializeImageSetMetadata(metadata))
      const length = cut % whole.byteLength
      expect(() => parseImageSetMetadata(whole.subarray(0, length))).toThrow(MetadataDocumentError)
    }),
  )
})

test('levels halve, rounded up, from the base to the full size', () => {
  const side = fc.integer({ min: 1, max: 300 })
  fc.assert(
    fc.property(
      side,
      side,
      fc.constantFrom(1, 3),
      fc.constantFrom(8, 12),
      (width, height, components, bitsPerSample) => {
        const pixels = new Uint8Array(width * height * components * (bitsPerSample > 8 ? 2 : 1))
        const levels = levelChecksums(pixels, { width, height, components, bitsPerSample, isSigned: false })
        expect(levels.at(-1)).toMatchObject({ Width: width, Height: height })
        levels.forEach(({ Width, Height }, index) => {
          const divisor = 2 ** (levels.length - 1 - index)
          expect([Width, Height]).toEqual([Math.ceil(width / divisor), Math.ceil(height / divisor)])
          expect(index === levels.length - 1 || Math.min(Width, Height) >= 120).toBe(true)
        })
      },
    ),
    { numRuns: 50 },
  )
})
