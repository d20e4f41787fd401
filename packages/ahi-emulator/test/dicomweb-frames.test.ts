import { startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { createDecoderPool } from '@ahi-dicom/htj2k-decoder'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { frameOf, importAlone, metadataOf, type ImageSetPlace } from './support/client.ts'
import { errorOf, get, instanceUrl } from './support/dicomweb.ts'
import { readMultipart } from './support/multipart.ts'
import { secondaryCapture } from './support/secondary-capture.ts'
import { sharedPath } from './support/tools.ts'

const htj2kUid = '1.2.840.10008.1.2.4.202'
const jpeg2000Uid = '1.2.840.10008.1.2.4.90'
const jpegUid = '1.2.840.10008.1.2.4.50'
const explicitUid = '1.2.840.10008.1.2.1'

/** The Accept header for frames in AWS's sample of OHIF with OIDC. */
const ohifAccept = [
  `multipart/related; type=image/jphc; transfer-syntax=${htj2kUid}`,
  `multipart/related; type=image/jp2; transfer-syntax=${jpeg2000Uid}`,
  `multipart/related; type=image/jpeg; transfer-syntax=${jpegUid}`,
  `multipart/related; type=application/octet-stream; transfer-syntax=${explicitUid}`,
].join(', ')

const storedFrames = [0, 1, 2].map((frame) => Buffer.from([frame, 100 + frame, 200 + frame, 255]))

const decoder = createDecoderPool({ threads: 1 })
let emulator: Emulator
let place: ImageSetPlace
let url: string

beforeAll(async () => {
  emulator = await startEmulator()
  place = await importAlone(emulator, [secondaryCapture({ NumberOfFrames: '3' }, Buffer.concat(storedFrames))])
  url = await instanceUrl(place)
})

afterAll(async () => {
  await emulator.close()
  await decoder.close()
})

async function parts(path: string, accept: string) {
  const { status, headers, body } = await get(path, accept)
  const contentType = headers.get('content-type') ?? ''
  expect([status, contentType]).toEqual([
    200,
    expect.stringMatching(/^multipart\/related; type="[^"]+"; boundary="[^"]+"$/),
  ])
  return readMultipart(body, contentType)
}

describe('GetDICOMInstanceFrames', () => {
  test.each([
    '*/*',
    'multipart/related',
    'multipart/related; type="application/octet-stream"',
    ohifAccept.split(', ').pop(),
  ])('decodes frames for Accept %s, in the order of the list', async (accept = '') => {
    const found = await parts(`${url}/frames/3,1,2`, accept)
    expect(found.map(({ body }) => [...body])).toEqual([2, 0, 1].map((index) => [...(storedFrames[index] ?? [])]))
    const contentType = `application/octet-stream; transfer-syntax=${explicitUid}`
    expect(found.map((part) => part.contentType)).toEqual([contentType, contentType, contentType])
  })

  test.each([
    ['multipart/related; type="application/octet-stream"; transfer-syntax=*', 'application/octet-stream'],
    ['multipart/related; type="image/jphc"; transfer-syntax=*', 'image/jphc'],
    ['multipart/related; type=image/jph', 'image/jph'],
    [`multipart/related; transfer-syntax=${htj2kUid}`, 'application/octet-stream'],
    [`multipart/related; type="*/*"; transfer-syntax=${htj2kUid}`, 'application/octet-stream'],
    [ohifAccept, 'image/jphc'],
  ])('sends frames as stored for Accept %s', async (accept, mediaType) => {
    const [part, ...others] = await parts(`${url}/frames/2`, accept)
    const { Study } = await metadataOf(place)
    const { ImageFrames = [] } = Study.Series['2.25.100']?.Instances['2.25.1'] ?? {}
    expect(others).toEqual([])
    expect(part?.contentType).toBe(`${mediaType}; transfer-syntax=${htj2kUid}`)
    expect(part?.body.equals(await frameOf(place, ImageFrames[1]?.ID ?? ''))).toBe(true)
  })

  test('encodes lossless frames as JPEG 2000', async () => {
    for (const accept of [ohifAccept.split(', ')[1] ?? '', 'multipart/related; type="image/jp2"']) {
      const [part] = await parts(`${url}/frames/2`, accept)
      expect(part?.contentType).toBe(`image/jp2; transfer-syntax=${jpeg2000Uid}`)
      const { pixels } = await decoder.decode(Uint8Array.from(part?.body ?? []))
      expect(pixels).toEqual(Uint8Array.from(storedFrames[1] ?? []))
    }
  })

  test.each([
    ['application/octet-stream', explicitUid],
    [`application/octet-stream; transfer-syntax=${htj2kUid}`, htj2kUid],
    ['image/jphc', htj2kUid],
  ])('sends a single frame as the body for Accept %s', async (accept, transferSyntax) => {
    const { status, headers, body } = await get(`${url}/frames/2`, accept)
    const [mediaType] = accept.split(';')
    expect([status, headers.get('content-type')]).toEqual([200, `${mediaType}; transfer-syntax=${transferSyntax}`])
    expect(body.equals(storedFrames[1] ?? body.subarray(1))).toBe(transferSyntax === explicitUid)
    expect(await errorOf(`${url}/frames/1,2`, accept)).toMatchObject({ status: 406, code: 'NotAcceptableException' })
  })

  test.each([
    `multipart/related; type=image/jpeg; transfer-syntax=${jpegUid}`,
    `multipart/related; type=image/jpeg; transfer-syntax=${htj2kUid}`,
    'multipart/related; type="application/dicom"',
    'application/dicom+json',
    'image/png',
    '*/*;q=0',
  ])('does not accept %s', async (accept) => {
    const message = expect.stringContaining('request transfer-syntax=*')
    expect(await errorOf(`${url}/frames/1`, accept)).toEqual({ status: 406, code: 'NotAcceptableException', message })
  })

  test.each([
    ['0', 400, 'ValidationException'],
    ['1,1', 400, 'ValidationException'],
    ['1,', 400, 'ValidationException'],
    ['one', 400, 'ValidationException'],
    ['1%2C2%2C', 400, 'ValidationException'],
    ['4', 404, 'ResourceNotFoundException'],
    ['1,2,3,4', 404, 'ResourceNotFoundException'],
  ])('answers frames %s with %d %s', async (list, status, code) => {
    expect(await errorOf(`${url}/frames/${list}`)).toMatchObject({ status, code })
  })

  test('widens samples to BitsAllocated, and packs 1-bit samples', async () => {
    const wide = { BitsAllocated: 16, BitsStored: 8, HighBit: 7, PixelRepresentation: 1 }
    const narrow = Buffer.from([1, 0, 0xff, 0xff, 127, 0, 0x80, 0xff])
    const ofWide = await importAlone(emulator, [secondaryCapture(wide, narrow)])
    const [part] = await parts(`${await instanceUrl(ofWide)}/frames/1`, '*/*')
    expect(part?.body.equals(narrow)).toBe(true)
    const bits = { BitsAllocated: 1, BitsStored: 1, HighBit: 0, Rows: 3, Columns: 3, NumberOfFrames: '2' }
    const ofBits = await importAlone(emulator, [secondaryCapture(bits, Buffer.from([0b11110000, 0b10101, 0b11]))])
    const packed = await parts(`${await instanceUrl(ofBits)}/frames/2,1`, '*/*')
    expect(packed.map(({ body }) => [...body])).toEqual([
      [0b10001010, 0b1],
      [0b11110000, 0b1],
    ])
  })

  test('decodes frames of JPEG 2000 data stores', async () => {
    const losslessStorageFormat = 'JPEG_2000_LOSSLESS'
    const stored = await importAlone(emulator, [secondaryCapture({}, storedFrames[1])], { losslessStorageFormat })
    const [decoded] = await parts(`${await instanceUrl(stored)}/frames/1`, '*/*')
    expect(decoded?.body.equals(storedFrames[1] ?? Buffer.alloc(0))).toBe(true)
    const [asStored] = await parts(`${await instanceUrl(stored)}/frames/1`, ohifAccept)
    expect(asStored?.contentType).toBe(`image/jp2; transfer-syntax=${jpeg2000Uid}`)
  })

  test('sends imported JPEG frames as JPEG or decoded', async () => {
    const file = sharedPath('dicom/pydicom/SC_rgb_jpeg_dcmtk.dcm')
    if (file === undefined) return
    const jpeg = await importAlone(emulator, file)
    const [stored] = await parts(`${await instanceUrl(jpeg)}/frames/1`, ohifAccept)
    expect(stored?.contentType).toBe(`image/jpeg; transfer-syntax=${jpegUid}`)
    expect(stored?.body.readUInt16BE(0)).toBe(0xffd8)
    const [decoded] = await parts(`${await instanceUrl(jpeg)}/frames/1`, '*/*')
    expect(decoded?.body.byteLength).toBe(100 * 100 * 3)
  })

  test('finds no frames of instances without pixels', async () => {
    const file = sharedPath('dicom/pydicom/rtplan.dcm')
    if (file === undefined) return
    const error = await errorOf(`${await instanceUrl(await importAlone(emulator, file))}/frames/1`)
    expect(error).toMatchObject({ status: 404, code: 'ResourceNotFoundException' })
  })

  test('sends all requested frames', async () => {
    const frames = 64
    const pixels = Buffer.alloc(256 * 256 * frames, 7)
    const many = await importAlone(emulator, [
      secondaryCapture({ Rows: 256, Columns: 256, NumberOfFrames: String(frames) }, pixels),
    ])
    const list = Array.from({ length: frames }, (_, index) => frames - index).join(',')
    const found = await parts(`${await instanceUrl(many)}/frames/${list}`, '*/*')
    expect(Buffer.concat(found.map(({ body }) => body)).equals(pixels)).toBe(true)
  })
})
