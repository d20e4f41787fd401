import { describe, expect, test } from 'vitest'

import { UnsupportedTransferSyntaxError } from '@ahi-dicom/dicomizer'
import type { AttributeMap } from '@ahi-dicom/ahi-metadata'

import { jpegXl } from './code-streams.ts'
import { bytesOf, imageInstance, imageMetadata, knownFrames, onlyInstance, type TestOptions } from './instances.ts'
import { fileSource } from './whole-files.ts'

const noSource = { instanceSource: fileSource(new Uint8Array(0)) }
const noImage = {
  Rows: null,
  Columns: null,
  BitsAllocated: null,
  BitsStored: null,
  SamplesPerPixel: null,
  PhotometricInterpretation: null,
}

/** (7FE0,0010) of 26 bytes, and of two fragments after an empty Basic Offset Table. */
const nativePixels = Buffer.concat([Buffer.from('e07f10004f4200001a000000', 'hex'), Buffer.alloc(26)])
const twoFragments = Buffer.from(
  `e07f10004f420000fffffffffeff00e000000000${'feff00e0020000000102'.repeat(2)}feffdde000000000`,
  'hex',
)

function instanceOf(
  frames: number,
  attributes: AttributeMap,
  document: object,
  options: TestOptions,
): ReturnType<typeof onlyInstance> {
  return onlyInstance(imageMetadata(knownFrames(frames), attributes, document), options)
}

describe('with an instance source, pixels come from', () => {
  test.each<[string, string, number, AttributeMap, object]>([
    ['frames', 'the image set has the one frame', 1, {}, {}],
    ['frames', 'the image set has all frames', 3, {}, {}],
    ['instance', 'an image has no frames', 0, {}, {}],
    ['instance', 'an instance with NumberOfFrames has no frames', 0, { ...noImage, NumberOfFrames: '2' }, {}],
    [
      'instance',
      'an instance with only a PhotometricInterpretation has no frames',
      0,
      { ...noImage, PhotometricInterpretation: 'RGB' },
      {},
    ],
    ['instance', 'an image without a width has no frames', 0, { Columns: null }, {}],
    ['instance', 'an image without a height has no frames', 0, { Rows: null }, {}],
    ['instance', 'an image without a depth has no frames', 0, { BitsAllocated: null }, {}],
    ['none', 'a report has no frames', 0, noImage, {}],
    ['none', 'the pixels are an attribute', 0, { FloatPixelData: 'AAAAAA==' }, {}],
    ['instance', 'there are fewer frames than NumberOfFrames', 3, { NumberOfFrames: '4' }, {}],
    ['instance', 'there are more frames than NumberOfFrames', 2, { NumberOfFrames: '1' }, {}],
    ['instance', 'the stored syntax is unknown', 1, {}, { StoredTransferSyntaxUID: '1.2.840.10008.1.2.4.999' }],
    ['instance', 'a binary value is not in the document', 1, { '00091001': { BulkDataURI: 'https://x' } }, {}],
    [
      'instance',
      'a binary value of an item is not in the document',
      0,
      { ...noImage, ContentSequence: [{ '00091001': { BulkDataURI: '' } }] },
      {},
    ],
  ])('the %s if %s', async (source, _, frames, attributes, document) => {
    expect(instanceOf(frames, attributes, document, noSource).source).toBe(source)
    expect(instanceOf(frames, attributes, document, { ...noSource, headerOnly: true }).source).toBe('none')
    expect(instanceOf(frames, attributes, document, { ...noSource, source: 'instance' }).source).toBe('instance')
    expect(instanceOf(frames, attributes, document, {}).source).toBe(frames === 0 ? 'none' : 'frames')
  })
})

test('frameCount is NumberOfFrames if the image set has no frames', () => {
  expect(framesOf(0, { NumberOfFrames: '7' })).toEqual([7, 24])
  expect(framesOf(0, {})).toEqual([1, 24])
  expect(framesOf(0, noImage)).toEqual([0, 0])
  expect(framesOf(3, { NumberOfFrames: '7' })).toEqual([3, 24])
})

describe.each(['2147483647', '99999999999', '4'])('of Pixel Data without %s frames', (NumberOfFrames) => {
  test.each([
    ['native', nativePixels, 1],
    ['encapsulated', twoFragments, 2],
  ])('only existing frames are counted: %s', async (_, pixels, unverified) => {
    const header = await bytesOf(instanceOf(0, { NumberOfFrames }, {}, { headerOnly: true }).part10())
    const instanceSource = fileSource(Buffer.concat([header, pixels]))
    const instance = instanceOf(0, { NumberOfFrames }, {}, { instanceSource, transferSyntax: 'stored' })
    await bytesOf(instance.part10())
    expect(instance.frameChecks).toEqual({ verified: 0, unverified })
    await expect(instance.frame(3)).rejects.toMatchObject({ code: 'FRAME_MISMATCH' })
  })
})

test('without an instance source, the instance has no pixels or fails', async () => {
  const image = instanceOf(0, {}, {}, {})
  expect((await bytesOf(image.part10())).length).toBeGreaterThan(200)
  expect([image.source, image.frameCount, image.notices]).toEqual(['none', 0, []])
  const unknown = imageInstance(knownFrames(1), { instance: { StoredTransferSyntaxUID: '1.2.840.10008.1.2.4.999' } })
  await expect(bytesOf(unknown.part10())).rejects.toThrow(UnsupportedTransferSyntaxError)
})

test('the whole instance is not requested if the frames can be used', async () => {
  const instanceSource = fileSource(new Uint8Array(0))
  const instance = imageInstance(knownFrames(2), { instanceSource })
  const plain = imageInstance(knownFrames(2))
  expect(await bytesOf(instance.part10())).toEqual(await bytesOf(plain.part10()))
  expect(await instance.frame(1)).toEqual(await plain.frame(1))
  expect(instance.frameChecks).toEqual({ verified: 2, unverified: 0 })
  expect(instance.attributes.string('Modality')).toBe('CT')
  expect(instanceSource.requests).toEqual([])
})

test('the bytes decide the stored transfer syntax, with an instance source and without', async () => {
  for (const sources of [{}, noSource]) {
    const [frame] = knownFrames(1)
    if (frame === undefined) throw new Error('no frame')
    const instance = imageInstance([{ ...frame, codeStream: jpegXl }], {
      ...sources,
      instance: { ImageFrames: [{ ID: 'frame0' }] },
      frameSource: { getImageFrame: async () => ({ data: jpegXl.slice() }) },
    })
    expect(instance.storedTransferSyntaxUid).toBe('1.2.840.10008.1.2.4.202')
    await bytesOf(instance.part10())
    expect(instance.storedTransferSyntaxUid).toBe('1.2.840.10008.1.2.4.112')
    expect(instance.transferSyntaxUid).toBe('1.2.840.10008.1.2.4.112')
  }
})

test('`source: instance` requires an instance source', () => {
  expect(() => imageInstance(knownFrames(1), { source: 'instance' })).toThrow('instanceSource')
})

function framesOf(frames: number, attributes: AttributeMap): readonly number[] {
  const instance = instanceOf(frames, attributes, {}, noSource)
  return [instance.frameCount, instance.frameByteLength]
}
