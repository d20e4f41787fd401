import { describe, expect, test } from 'vitest'

import type { DicomInstance } from '@ahi-dicom/dicomizer'
import type { AttributeMap } from '@ahi-dicom/ahi-metadata'
import { bytesOf, imageInstance, knownFrames, type KnownFrame, type TestOptions } from './instances.ts'
import { fileSource } from './whole-files.ts'

const explicit = { transferSyntax: 'explicit' } as const
const stored = { transferSyntax: 'stored' } as const
const headerOnly = { headerOnly: true } as const

/** Returns an instance whose document states the lengths of its stored frames. */
function instanceOf(
  frames: readonly KnownFrame[],
  options: TestOptions & { attributes?: AttributeMap; instance?: object },
): DicomInstance {
  const ImageFrames = frames.map(({ codeStream, decoded }, index) => ({
    ID: `frame${index}`,
    PixelDataChecksumFromBaseToFullResolution: [{ Width: 4, Height: 3, Checksum: decoded.checksum }],
    FrameSizeInBytes: codeStream.length,
  }))
  return imageInstance(frames, { ...options, instance: { ImageFrames, ...options.instance } })
}

/** Frames that are too large together to be held for an offset table. */
function largeFrames(): KnownFrame[] {
  return knownFrames(3).map((frame) => {
    const codeStream = new Uint8Array(5_000_001)
    codeStream.set(frame.codeStream)
    return { ...frame, codeStream }
  })
}

describe('the length of a file is known before it is made', () => {
  test.each<[string, DicomInstance]>([
    ['decoded, one frame', instanceOf(knownFrames(1), explicit)],
    ['decoded, three frames', instanceOf(knownFrames(3), explicit)],
    ['decoded, an odd number of bytes', instanceOf(knownFrames(1, { bitsPerSample: 8, width: 3 }), explicit)],
    ['decoded, in colour', instanceOf(knownFrames(2, { components: 3, bitsPerSample: 8 }), explicit)],
    ['stored, one frame', instanceOf(knownFrames(1), stored)],
    ['stored, three frames, two of odd length', instanceOf(knownFrames(3), stored)],
    ['stored, frames that are too large to gather', instanceOf(largeFrames(), stored)],
    ['without pixels on request', instanceOf(knownFrames(3), headerOnly)],
    ['without frames', instanceOf([], { attributes: { Rows: null, Columns: null } })],
    [
      'with an element behind Pixel Data',
      instanceOf(knownFrames(2), {
        ...stored,
        attributes: { '7FE10010': 'MAKER' },
        instance: { DICOMVRs: { '7FE10010': 'LO' } },
      }),
    ],
  ])('%s', async (_title, instance) => {
    const { byteLength, isExact } = instance.measureFile()
    expect({ byteLength, isExact }).toEqual({
      byteLength: (await bytesOf(instance.part10())).length,
      isExact: true,
    })
  })

  test('a video', async () => {
    const object = new Uint8Array(10_001).fill(7)
    const frames = knownFrames(1, { components: 3, bitsPerSample: 8 }).map((known) => ({
      ...known,
      codeStream: object,
    }))
    const instance = instanceOf(frames, {
      verifyFrames: false,
      instance: { StoredTransferSyntaxUID: '1.2.840.10008.1.2.4.102' },
    })
    const { byteLength, isExact } = instance.measureFile()
    expect({ byteLength, isExact }).toEqual({ byteLength: (await bytesOf(instance.part10())).length, isExact: true })
  })
})

describe('the length of a file is an estimate', () => {
  test.each<[string, TestOptions & { attributes?: AttributeMap; instance?: object }]>([
    [
      'if the document does not name the stored syntax',
      { ...explicit, instance: { StoredTransferSyntaxUID: undefined } },
    ],
    [
      'if loss may have to be declared',
      { ...stored, instance: { StoredTransferSyntaxUID: '1.2.840.10008.1.2.4.203' } },
    ],
    ['if AHI makes the file', { source: 'instance', instanceSource: fileSource(new Uint8Array(0)) }],
  ])('%s', (_title, options) => {
    const { byteLength, isExact } = instanceOf(knownFrames(1), options).measureFile()
    expect(isExact).toBe(false)
    expect(byteLength).toBeGreaterThan(0)
  })

  test('for stored colour, because the code stream names the transform', () => {
    const instance = instanceOf(knownFrames(1, { components: 3, bitsPerSample: 8 }), stored)
    expect(instance.measureFile().isExact).toBe(false)
  })
})

test('the document states the lengths of stored frames', () => {
  const lengths = knownFrames(3).map(({ codeStream }) => codeStream.length)
  expect(instanceOf(knownFrames(3), explicit).measureFile()).toMatchObject({
    storedFrameLengths: lengths,
    areStoredLengthsExact: true,
  })
})

test('without lengths in the document, the lengths of decoded frames are used', () => {
  expect(imageInstance(knownFrames(2), explicit).measureFile()).toMatchObject({
    storedFrameLengths: [24, 24],
    areStoredLengthsExact: false,
  })
})

test('an instance that cannot be written fails with the error of part10()', async () => {
  const instance = instanceOf(knownFrames(2), { attributes: { NumberOfFrames: '3' } })
  expect(() => instance.measureFile()).toThrow('NumberOfFrames is 3, but the image set has 2 frames')
  await expect(bytesOf(instance.part10())).rejects.toThrow('NumberOfFrames is 3, but the image set has 2 frames')
})
