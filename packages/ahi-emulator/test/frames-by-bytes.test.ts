import { encodePart10 } from '@ahi-dicom/dicomizer'
import type { AttributeMap, InstanceMetadata } from '@ahi-dicom/ahi-metadata'
import { decodeFrame } from '@ahi-dicom/htj2k-decoder'
import { startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { frameOf, instancesOf, metadataOf } from './support/client.ts'
import { secondaryCaptureAttributes } from './support/secondary-capture.ts'
import { hasPython, runPython } from './support/tools.ts'

const syntax = (ending: string): string => `1.2.840.10008.1.2.4.${ending}`
const grey = { Rows: 24, Columns: 20 }
const deep = { ...grey, BitsAllocated: 16, BitsStored: 12, HighBit: 11 }
const colour = { ...grey, SamplesPerPixel: 3, PlanarConfiguration: 0 }
const [jpegLossless, jpegLosslessSv1, jpegExtended, jpegBaseline, jpegLs, j2kLossless, htj2kLossless] = [
  syntax('57'),
  syntax('70'),
  syntax('51'),
  syntax('50'),
  syntax('80'),
  syntax('90'),
  syntax('202'),
]
const rle = '1.2.840.10008.1.2.5'

interface Coded {
  readonly codeStream: string
  readonly samples: string
}

interface Imported {
  readonly instance: InstanceMetadata
  /** Samples of the first frame, if there is one. */
  readonly samples: Uint8Array | undefined
  readonly warnings: readonly string[]
}

describe.skipIf(!hasPython('imagecodecs', 'numpy'))('an imported frame is what its bytes are', () => {
  let emulator: Emulator
  let coded: Readonly<Record<string, Coded>> = {}

  beforeAll(async () => {
    emulator = await startEmulator()
    // The entries are not validated; a wrong one fails its test.
    coded = Object.assign({}, await runPython('code_streams.py', {}))
  })
  afterAll(() => emulator.close())

  function bytesOf(name: string, member: keyof Coded): Uint8Array {
    return Buffer.from(coded[name]?.[member] ?? '', 'base64')
  }

  async function importFrames(
    frames: readonly Uint8Array[],
    transferSyntaxUid: string,
    attributes: AttributeMap,
  ): Promise<Imported> {
    const { datastoreId } = await emulator.createDatastore()
    const counted = frames.length === 1 ? {} : { NumberOfFrames: String(frames.length) }
    const file = encodePart10({
      attributes: secondaryCaptureAttributes({ ...attributes, ...counted }),
      transferSyntaxUid,
      pixelData: frames,
    })
    const { imageSets, warnings } = await emulator.importDicom([file], { datastoreId })
    const place = { endpoint: emulator.endpoint, datastoreId, imageSetId: imageSets[0]?.imageSetId ?? '' }
    const [instance] = instancesOf(await metadataOf(place))
    if (instance === undefined) throw new Error('no instance was imported')
    const [frame] = instance.ImageFrames
    const stored = frame === undefined ? undefined : await frameOf(place, frame.ID)
    const samples = stored === undefined ? undefined : (await decodeFrame(stored)).pixels
    return { instance, samples, warnings: warnings.map(({ message }) => message) }
  }

  test.each([
    ['baseline', jpegLosslessSv1, grey],
    ['baseline', jpegLossless, grey],
    ['baseline', jpegLs, grey],
    ['baseline', j2kLossless, grey],
    ['baseline', htj2kLossless, grey],
    ['baseline', rle, grey],
    ['jpeg 2000', jpegLosslessSv1, grey],
    ['jpeg 2000', jpegExtended, grey],
    ['jpeg-ls', jpegLossless, grey],
    ['jpeg-ls', j2kLossless, grey],
    ['lossless', jpegLs, deep],
    ['lossless, predictor 6', jpegLosslessSv1, deep],
  ])('%s in %s is decoded by its actual format, with a warning', async (name, uid, attributes) => {
    const { samples, warnings } = await importFrames([bytesOf(name, 'codeStream')], uid, attributes)
    expect(samples).toEqual(new Uint8Array(bytesOf(name, 'samples')))
    expect(warnings).toEqual([expect.stringContaining(`which transfer syntax ${uid} does not allow`)])
  })

  test.each([
    ['lossless', jpegLosslessSv1, deep],
    ['lossless, predictor 6', jpegLossless, deep],
    ['jpeg-ls', jpegLs, grey],
    ['jpeg 2000', j2kLossless, grey],
  ])('%s in %s has no warning', async (name, uid, attributes) => {
    const { samples, warnings } = await importFrames([bytesOf(name, 'codeStream')], uid, attributes)
    expect([samples, warnings]).toEqual([new Uint8Array(bytesOf(name, 'samples')), []])
  })

  test.each([
    ['twelve bits', jpegExtended, deep, 'JPEG (extended) of 1 x 12 bits'],
    ['baseline', jpegLosslessSv1, { ...grey, Rows: 25 }, 'decodes to 20 x 24 x 1'],
    ['baseline', jpegLosslessSv1, { ...colour }, 'the data set says 20 x 24 x 3'],
    ['jpeg 2000', j2kLossless, { ...grey, BitsAllocated: 24 }, '24 bits allocated is not supported'],
    ['jpeg 2000', j2kLossless, { ...grey, BitsAllocated: 64 }, '64 bits allocated is not supported'],
  ])('%s in %s that cannot be decoded is kept, with a warning', async (name, uid, attributes, why) => {
    const { instance, warnings } = await importFrames([bytesOf(name, 'codeStream')], uid, attributes)
    expect(instance.ImageFrames).toEqual([])
    expect(warnings.join()).toContain(why)
  })

  test.each([
    [[0], 'an RLE segment begins inside the header'],
    [[63], 'an RLE segment begins inside the header'],
    [[4000], 'an RLE segment ends too early'],
    [[64, 66], 'the RLE frame has 2 segments, its pixels need 1'],
    [[], 'the RLE frame has 0 segments, its pixels need 1'],
  ])('RLE with segments at %j is kept, with a warning', async (offsets, why) => {
    const header = Buffer.alloc(64)
    for (const [index, number] of [offsets.length, ...offsets].entries()) header.writeUInt32LE(number, 4 * index)
    // Runs of 128 pixels, together more than 480. Read as a segment, the header gives as many samples.
    const frame = Buffer.concat([header, Buffer.from([129, 9, 129, 9, 129, 9, 129, 9])])
    const { instance, warnings } = await importFrames([frame], rle, grey)
    expect([instance.ImageFrames, warnings.join()]).toEqual([[], expect.stringContaining(why)])
  })

  test.each(['baseline', 'lossless', 'jpeg 2000', 'jpeg-ls'])('%s without its end marker is kept', async (name) => {
    const uid = { baseline: jpegExtended, lossless: jpegLossless, 'jpeg-ls': jpegLs }[name] ?? j2kLossless
    const attributes = name === 'lossless' ? deep : grey
    const cut = bytesOf(name, 'codeStream').subarray(0, -2)
    const { instance, warnings } = await importFrames([cut], uid, attributes)
    expect([instance.ImageFrames, warnings.length]).toEqual([[], 1])
  })

  test.each([
    ['untransformed', j2kLossless, 'YBR_RCT', 'YBR_FULL'],
    ['untransformed', j2kLossless, 'YBR_ICT', 'YBR_FULL'],
    ['transformed', j2kLossless, 'YBR_RCT', 'YBR_RCT'],
    ['transformed', j2kLossless, 'RGB', 'RGB'],
    ['untransformed', j2kLossless, 'RGB', 'RGB'],
    ['ycbcr', jpegExtended, 'RGB', 'YBR_FULL'],
    ['ycbcr', jpegExtended, 'YBR_FULL_422', 'YBR_FULL_422'],
    ['ycbcr', jpegExtended, 'YBR_FULL', 'YBR_FULL'],
  ])('%s in %s labelled as %s has the colours %s', async (name, uid, PhotometricInterpretation, actual) => {
    const attributes = { ...colour, PhotometricInterpretation }
    const { instance, samples, warnings } = await importFrames([bytesOf(name, 'codeStream')], uid, attributes)
    expect(samples).toEqual(new Uint8Array(bytesOf(name, 'samples')))
    expect(instance.DICOM['PhotometricInterpretation']).toBe(actual)
    const warning = `the frames are coded as ${actual}, but PhotometricInterpretation is ${PhotometricInterpretation}`
    expect(warnings).toEqual(actual === PhotometricInterpretation ? [] : [warning])
  })

  test('keeps an empty frame as imported, and keeps the pixel data in one piece if frames are transcoded', async () => {
    const tile = bytesOf('baseline', 'codeStream')
    const empty = new Uint8Array(0)
    const kept = await importFrames([tile, empty, tile], jpegBaseline, grey)
    expect(kept.instance.ImageFrames.map(({ FrameSizeInBytes }) => FrameSizeInBytes)).toEqual([
      tile.length + (tile.length % 2),
      0,
      tile.length + (tile.length % 2),
    ])
    expect(kept.warnings).toEqual(['1 of 3 frames have no bytes; they are kept empty'])
    const piece = await importFrames([tile, empty, tile], jpegExtended, grey)
    expect(piece.instance.ImageFrames).toEqual([])
    expect(piece.warnings).toEqual(['a frame cannot be decoded: it has no bytes'])
  })

  test.each(['0', '', null])('NumberOfFrames %j is one frame', async (NumberOfFrames) => {
    const attributes = { ...grey, NumberOfFrames }
    const { instance, warnings } = await importFrames([bytesOf('jpeg 2000', 'codeStream')], j2kLossless, attributes)
    expect([instance.ImageFrames.length, warnings]).toEqual([1, []])
  })
})
