import type { AttributeMap } from '@ahi-dicom/ahi-metadata'
import { encodePart10 } from '@ahi-dicom/dicomizer'
import { startEmulator, type Emulator, type ImportWarning } from '@ahi-dicom/ahi-emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { instancePathOf, instancesOf, metadataOf, type ImageSetPlace } from './support/client.ts'
import { secondaryCapture, secondaryCaptureAttributes } from './support/secondary-capture.ts'

const asStored = 'application/dicom; transfer-syntax=*'
const jpegExtendedUid = '1.2.840.10008.1.2.4.51'
const multiComponentUid = '1.2.840.10008.1.2.4.92'
const losslessJpegUid = '1.2.840.10008.1.2.4.70'
const oneFragment = Uint8Array.of(1, 2, 3, 4)

/** Encapsulated pixel data with fragments that no codec can read. */
function encapsulated(
  transferSyntaxUid: string,
  attributes: AttributeMap,
  fragments: readonly Uint8Array[],
): Uint8Array {
  return encodePart10({ attributes: secondaryCaptureAttributes(attributes), transferSyntaxUid, pixelData: fragments })
}

describe('pixel data that cannot be split into frames', () => {
  let emulator: Emulator

  beforeAll(async () => {
    emulator = await startEmulator()
  })

  afterAll(() => emulator.close())

  async function importOne(
    file: Uint8Array,
    datastoreId?: string,
  ): Promise<{ readonly place: ImageSetPlace; readonly warnings: readonly ImportWarning[] }> {
    const datastore = datastoreId ?? (await emulator.createDatastore()).datastoreId
    const { imageSets, warnings } = await emulator.importDicom([file], { datastoreId: datastore })
    const place = { endpoint: emulator.endpoint, datastoreId: datastore, imageSetId: imageSets[0]?.imageSetId ?? '' }
    return { place, warnings }
  }

  test.each<[string, number, string, Uint8Array]>([
    [
      'the pixel data has 4 bytes, 1 frames of this image need 6',
      45328,
      'FramesExtractionFailure',
      secondaryCapture({ Rows: 3 }),
    ],
    [
      'the pixel data has 6 bytes, 1 frames of this image need 4',
      45328,
      'FramesExtractionFailure',
      secondaryCapture({}, new Uint8Array(6)),
    ],
    ['DICOM attribute Rows is 0', 47513, 'Other', secondaryCapture({ Rows: 0 })],
    [
      'pixel data of 12 bits allocated is not supported',
      45312,
      'TranscodingException',
      secondaryCapture({ BitsAllocated: 12 }),
    ],
    [
      'DICOM attribute NumberOfFrames is not a positive number',
      45329,
      'FrameNumberMismatch',
      secondaryCapture({ NumberOfFrames: 'many' }),
    ],
    ['a frame cannot be decoded: ', 45312, 'TranscodingException', encapsulated(losslessJpegUid, {}, [oneFragment])],
    [
      `pixel data of transfer syntax ${multiComponentUid} is not supported`,
      45344,
      'UnsupportedTransferSyntax',
      encapsulated(multiComponentUid, {}, [oneFragment]),
    ],
    [
      '2 fragments of pixel data cannot be divided into 3 frames',
      45329,
      'FrameNumberMismatch',
      encapsulated(losslessJpegUid, { NumberOfFrames: '3' }, [oneFragment, oneFragment]),
    ],
    [
      '3 fragments of pixel data cannot be divided into 2 frames',
      45330,
      'InvalidOffsetTable',
      withWrongOffsets(encapsulated(losslessJpegUid, { NumberOfFrames: '2' }, [oneFragment, oneFragment, oneFragment])),
    ],
  ])('is kept with a warning: %s', async (message, code, type, file) => {
    const { place, warnings } = await importOne(file)
    expect(warnings).toEqual([{ file: '#1', code, type, message: expect.stringContaining(message) }])
    const [instance] = instancesOf(await metadataOf(place))
    expect(instance?.ImageFrames).toEqual([])
    expect(instance).not.toHaveProperty('StoredTransferSyntaxUID')
    const { status, body } = await getWhole(place, asStored)
    expect(status).toBe(200)
    expect(pixelDataOf(body)).toEqual(pixelDataOf(file))
  })

  test('is only available as stored if it is encapsulated', async () => {
    const { place } = await importOne(encapsulated(jpegExtendedUid, {}, [oneFragment]))
    const unavailable = ['*/*', `application/dicom; transfer-syntax=${jpegExtendedUid}`]
    for (const accept of unavailable) expect((await getWhole(place, accept)).status).toBe(406)
    const { status, body } = await getWhole(place, `${unavailable[1]}, ${asStored};q=0.1`)
    expect(status).toBe(200)
    expect(Buffer.from(body).includes(jpegExtendedUid)).toBe(true)
  })

  test('is available in Explicit VR Little Endian if it is not encapsulated', async () => {
    const file = secondaryCapture({ Rows: 3 }, Uint8Array.of(1, 2, 3, 4, 5))
    const { place } = await importOne(file)
    const { status, body } = await getWhole(place, '*/*')
    expect(status).toBe(200)
    expect(pixelDataOf(body)).toEqual(pixelDataOf(file))
  })

  test('is replaced by frames if the instance is imported again with some, and vice versa', async () => {
    const { datastoreId } = await emulator.createDatastore()
    const whole = secondaryCapture({}, Uint8Array.of(5, 6, 7, 8))
    for (const file of [secondaryCapture({ Rows: 3 }), whole, secondaryCapture({ Rows: 3 }), whole]) {
      const { place } = await importOne(file, datastoreId)
      expect(pixelDataOf((await getWhole(place, '*/*')).body)).toEqual(pixelDataOf(file))
    }
  })

  test('is gone in a version without pixel data', async () => {
    const { datastoreId } = await emulator.createDatastore()
    await importOne(secondaryCapture({ Rows: 3 }), datastoreId)
    const { place } = await importOne(encodePart10({ attributes: secondaryCaptureAttributes() }), datastoreId)
    expect(Buffer.from((await getWhole(place, asStored)).body).indexOf(pixelDataTag)).toBe(-1)
  })
})

async function getWhole(
  place: ImageSetPlace,
  accept: string,
): Promise<{ readonly status: number; readonly body: Uint8Array }> {
  const url = `${place.endpoint}/datastore/${place.datastoreId}/${await instancePathOf(place)}`
  const response = await fetch(url, { headers: { accept } })
  return { status: response.status, body: new Uint8Array(await response.arrayBuffer()) }
}

const pixelDataTag = Uint8Array.of(0xe0, 0x7f, 0x10, 0x00)

/** Returns the Pixel Data element and everything after it. */
function pixelDataOf(file: Uint8Array): Uint8Array {
  return file.subarray(Buffer.from(file).lastIndexOf(pixelDataTag))
}

/** Changes the second offset of the Basic Offset Table to one where no fragment begins. */
function withWrongOffsets(file: Uint8Array): Uint8Array {
  const changed = Uint8Array.from(file)
  const table = Buffer.from(changed.buffer).lastIndexOf(pixelDataTag) + 20
  new DataView(changed.buffer).setUint32(table + 4, 7, true)
  return changed
}
