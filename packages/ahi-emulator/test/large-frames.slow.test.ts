import { crc32 } from 'node:zlib'
import { startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { decodeFrame } from '@ahi-dicom/htj2k-decoder'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { frameOf, importAlone, instancesOf, metadataOf, type ImageSetPlace } from './support/client.ts'
import { get, instanceUrl } from './support/dicomweb.ts'
import { readMultipart } from './support/multipart.ts'
import { secondaryCapture } from './support/secondary-capture.ts'

/** Offset of YTsiz in a code stream (T.800 A.5.1). */
const tileHeightOffset = 28
const jpeg2000Uid = '1.2.840.10008.1.2.4.90'

/**
 * Frames above 8 MiB, whose rows of tiles are decoded one after the other. The checksums in the document are computed
 * from the samples before encoding.
 */
describe.each([
  { losslessStorageFormat: 'HTJ2K', frames: 2, look: { rows: 2148, columns: 2100, bitsAllocated: 16 } },
  {
    losslessStorageFormat: 'HTJ2K',
    frames: 1,
    look: { rows: 1600, columns: 1800, bitsAllocated: 8, samplesPerPixel: 3 },
  },
  { losslessStorageFormat: 'JPEG_2000_LOSSLESS', frames: 1, look: { rows: 2049, columns: 2100, bitsAllocated: 16 } },
] as const)('a large frame: $losslessStorageFormat, $look', ({ losslessStorageFormat, frames, look }) => {
  let emulator: Emulator
  let place: ImageSetPlace
  let url: string
  let ids: readonly string[]
  let checksums: readonly (number | undefined)[]
  const byteLength = look.rows * look.columns * (look.bitsAllocated / 8) * ('samplesPerPixel' in look ? 3 : 1)

  beforeAll(async () => {
    emulator = await startEmulator({ losslessStorageFormat })
    const { endpoint, datastoreId } = emulator
    const [imageSet] = await emulator.addSyntheticImageSets({ ...look, frames })
    place = { endpoint, datastoreId, imageSetId: imageSet?.imageSetId ?? '' }
    url = await instanceUrl(place)
    const images = instancesOf(await metadataOf(place))[0]?.ImageFrames ?? []
    ids = images.map(({ ID }) => ID)
    checksums = images.map((image) => image.PixelDataChecksumFromBaseToFullResolution?.[0]?.Checksum)
  })

  afterAll(() => emulator.close())

  test('is sent decoded in a whole instance', async () => {
    const { status, body } = await get(url, 'application/dicom')
    expect(status).toBe(200)
    const pixels = body.subarray(-frames * byteLength)
    expect(body.readUInt32LE(body.byteLength - pixels.byteLength - 4)).toBe(pixels.byteLength)
    const found = checksums.map((_, index) => crc32(pixels.subarray(index * byteLength, (index + 1) * byteLength)))
    expect(found).toEqual(checksums)
  })

  test('is sent as stored in a whole instance', async () => {
    const { body } = await get(url, 'application/dicom; transfer-syntax=*')
    const stored = await Promise.all(ids.map((id) => frameOf(place, id)))
    const padded = stored.map((frame) => Buffer.concat([frame, Buffer.alloc(frame.byteLength % 2)]))
    expect(fragmentsOf(body).map((fragment, index) => fragment.equals(padded[index] ?? fragment))).toEqual(
      ids.map(() => true),
    )
  })

  test('is sent as JPEG 2000 in a whole instance', async () => {
    const { status, body } = await get(url, `application/dicom; transfer-syntax=${jpeg2000Uid}`)
    expect(status).toBe(200)
    expect(await Promise.all(fragmentsOf(body).map(checksumOf))).toEqual(checksums)
  })

  test.each([
    ['1.2.840.10008.1.2.1', async (part: Uint8Array) => crc32(part)],
    [jpeg2000Uid, checksumOf],
  ] as const)('is sent by itself in %s', async (syntax, decode) => {
    const accept = `multipart/related; type=application/octet-stream; transfer-syntax=${syntax}`
    const { headers, body } = await get(`${url}/frames/${frames}`, accept)
    const parts = readMultipart(body, headers.get('content-type') ?? '')
    expect(await Promise.all(parts.map((part) => decode(part.body)))).toEqual(checksums.slice(-1))
  })
})

async function checksumOf(codeStream: Uint8Array): Promise<number> {
  return (await decodeFrame(codeStream)).checksum
}

/** Returns the fragments of encapsulated Pixel Data at the end of a file, without the Basic Offset Table. */
function fragmentsOf(file: Buffer): Buffer[] {
  const start = file.indexOf(Buffer.from('e07f10004f420000ffffffff', 'hex')) + 12
  const fragments: Buffer[] = []
  for (let offset = start; file.readUInt16LE(offset + 2) === 0xe000;) {
    const end = offset + 8 + file.readUInt32LE(offset + 4)
    fragments.push(file.subarray(offset + 8, end))
    offset = end
  }
  return fragments.slice(1)
}

test.each([
  {
    format: 'HTJ2K',
    look: { Rows: 2148, Columns: 2100, BitsAllocated: 16, BitsStored: 16, HighBit: 15, PixelRepresentation: 1 },
  },
  {
    format: 'HTJ2K',
    look: { Rows: 1700, Columns: 1700, SamplesPerPixel: 3, PhotometricInterpretation: 'RGB', PlanarConfiguration: 0 },
  },
  { format: 'JPEG_2000_LOSSLESS', look: { Rows: 3000, Columns: 3000 } },
] as const)('a large frame is imported in strips, and sent by them: $format, $look', async ({ format, look }) => {
  const { Rows, Columns } = look
  const BitsAllocated = 'BitsAllocated' in look ? look.BitsAllocated : 8
  const SamplesPerPixel = 'SamplesPerPixel' in look ? look.SamplesPerPixel : 1
  const byteLength = (Rows * Columns * SamplesPerPixel * BitsAllocated) / 8
  const pixels = Uint8Array.from({ length: byteLength }, (_, index) => index >>> 13)
  await using emulator = await startEmulator()
  const place = await importAlone(emulator, [secondaryCapture(look, pixels)], { losslessStorageFormat: format })
  const [image] = instancesOf(await metadataOf(place))[0]?.ImageFrames ?? []
  const codeStream = await frameOf(place, image?.ID ?? '')
  expect(Buffer.from(codeStream).readUInt32BE(tileHeightOffset)).toBeLessThan(Rows)
  expect((await decodeFrame(codeStream)).checksum).toBe(crc32(pixels))
  const { body } = await get(await instanceUrl(place), 'application/dicom')
  expect(crc32(body.subarray(-pixels.byteLength))).toBe(crc32(pixels))
})
