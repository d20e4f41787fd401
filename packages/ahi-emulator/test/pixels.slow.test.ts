import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { serializeImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import { encodePart10 } from '@ahi-dicom/dicomizer'
import { readCodeStreamHeader } from '@ahi-dicom/htj2k-decoder'
import { startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { describe, expect, test } from 'vitest'
import { frameOf, importAlone, instancesOf, metadataOf } from './support/client.ts'
import { withEmulatorAndFolder } from './support/emulator-and-folder.ts'
import { secondaryCapture, secondaryCaptureAttributes } from './support/secondary-capture.ts'
import { hasPython, runPython, sharedPath } from './support/tools.ts'

interface PixelFormat {
  readonly allocated: 8 | 16
  readonly stored: number
  readonly signed?: boolean
  readonly samples?: 1 | 3
  readonly planar?: 0 | 1
  readonly photometric?: string
  readonly frames?: number
  readonly rows?: number
  readonly columns?: number
}

interface ComparedFile {
  readonly file: string
  readonly document: string
  readonly frames: readonly string[]
}

const formats: Readonly<Record<string, PixelFormat>> = {
  '8-bit grey': { allocated: 8, stored: 8 },
  '5 bits of 8': { allocated: 8, stored: 5 },
  '8-bit signed': { allocated: 8, stored: 8, signed: true },
  '6-bit signed of 8': { allocated: 8, stored: 6, signed: true },
  '8 bits of 16': { allocated: 16, stored: 8 },
  '8-bit signed of 16': { allocated: 16, stored: 8, signed: true },
  '10 bits of 16': { allocated: 16, stored: 10 },
  '12-bit signed of 16': { allocated: 16, stored: 12, signed: true },
  '16-bit grey': { allocated: 16, stored: 16 },
  '16-bit signed, three frames': { allocated: 16, stored: 16, signed: true, frames: 3 },
  'RGB by pixel, two frames': { allocated: 8, stored: 8, samples: 3, frames: 2 },
  'RGB by plane': { allocated: 8, stored: 8, samples: 3, planar: 1 },
  'RGB of 16 bits by plane': { allocated: 16, stored: 16, samples: 3, planar: 1 },
  'signed colour of 8 bits': { allocated: 8, stored: 8, samples: 3, signed: true },
  'one pixel': { allocated: 16, stored: 12, rows: 1, columns: 1 },
  'a single row of 1025': { allocated: 16, stored: 16, rows: 1, columns: 1025 },
  'a frame that needs a sixth decomposition': { allocated: 8, stored: 8, rows: 2049, columns: 2100 },
}

const canCompare = hasPython('pydicom', 'numpy', 'openjpeg')

describe('frames of generated pixels', () => {
  let emulator: Emulator
  let work: string

  withEmulatorAndFolder((made) => void ({ emulator, work } = made))

  test.skipIf(!canCompare)('are decoded equally by OpenJPEG, in transfer syntax .202', async () => {
    const cases: ComparedFile[] = []
    for (const [name, format] of Object.entries(formats)) {
      const { frames, ...imported } = await importFormat(name, format, 'HTJ2K')
      for (const path of frames) {
        const frame = await readFile(path)
        expect({ name, ...readCodeStreamHeader(frame) }).toMatchObject({ name, ...rpcl(format) })
        expect(mainHeaderMarkers(frame)).toContain(tilePartLengths)
      }
      cases.push({ ...imported, frames })
    }
    const problems = await runPython('compare_import.py', { input: cases })
    expect(problems).toEqual(Object.fromEntries(cases.map(({ file }) => [file, []])))
  })

  test.skipIf(!canCompare)('are decoded equally by OpenJPEG, in transfer syntax .90', async () => {
    const cases: ComparedFile[] = []
    for (const [name, format] of Object.entries(formats)) {
      cases.push(await importFormat(name, format, 'JPEG_2000_LOSSLESS'))
    }
    const problems = await runPython('compare_import.py', { input: cases })
    expect(problems).toEqual(Object.fromEntries(cases.map(({ file }) => [file, []])))
  })

  async function importFormat(
    name: string,
    format: PixelFormat,
    losslessStorageFormat: 'HTJ2K' | 'JPEG_2000_LOSSLESS',
  ): Promise<ComparedFile> {
    const file = join(work, `${name}.dcm`)
    await writeFile(file, generatedFile(format))
    const place = await importAlone(emulator, file, { losslessStorageFormat })
    const metadata = await metadataOf(place)
    const [instance] = instancesOf(metadata)
    expect(instance).toMatchObject({
      StoredTransferSyntaxUID: losslessStorageFormat === 'HTJ2K' ? htj2kUid : jpeg2000Uid,
      ChecksumType: 'DECOMPRESSED',
    })
    const frames: string[] = []
    for (const { ID } of instance?.ImageFrames ?? []) {
      frames.push(join(work, ID))
      await writeFile(join(work, ID), await frameOf(place, ID))
    }
    expect(frames).toHaveLength(format.frames ?? 1)
    const document = join(work, `${name}.json`)
    await writeFile(document, serializeImageSetMetadata(metadata))
    return { file, document, frames }
  }

  test('of a chroma-subsampled image have chroma for every pixel', async () => {
    const pixels = Uint8Array.from([10, 20, 1, 2, 30, 40, 3, 4])
    const attributes = { SamplesPerPixel: 3, PlanarConfiguration: 0, PhotometricInterpretation: 'YBR_FULL_422' }
    const place = await importAlone(emulator, [secondaryCapture({ ...attributes, Rows: 2, Columns: 2 }, pixels)])
    const [instance] = instancesOf(await metadataOf(place))
    expect(instance?.DICOM['PhotometricInterpretation']).toBe('YBR_FULL_422')
    // CRC-32 of 0a 01 02 14 01 02 1e 03 04 28 03 04, computed with Python's zlib.
    expect(instance?.ImageFrames[0]).toMatchObject({
      PixelDataChecksumFromBaseToFullResolution: [{ Width: 2, Height: 2, Checksum: 360721879 }],
      MinPixelValue: 1,
      MaxPixelValue: 40,
    })
  })
})

const htj2kUid = '1.2.840.10008.1.2.4.202'
const jpeg2000Uid = '1.2.840.10008.1.2.4.90'
const tilePartLengths = 0xff55
const startOfTile = 0xff90

/** Returns the markers between SOC and the first tile (T.800 A.2). */
function mainHeaderMarkers(codeStream: Uint8Array): number[] {
  const view = new DataView(codeStream.buffer, codeStream.byteOffset, codeStream.byteLength)
  const markers: number[] = []
  for (let offset = 2; view.getUint16(offset) !== startOfTile; offset += 2 + view.getUint16(offset + 2)) {
    markers.push(view.getUint16(offset))
  }
  return markers
}

/** The requirements of PS3.5 10.18 for transfer syntax .202. AHI's own frames have five decompositions. */
function rpcl({ rows = 48, columns = 70 }: PixelFormat): Record<string, unknown> {
  const decompositions = Math.max(5, Math.ceil(Math.log2(Math.min(rows, columns) / 64)))
  return { progressionOrder: 'RPCL', decompositions, blockWidth: 64, blockHeight: 64, isReversible: true }
}

/** Returns random samples over the whole range, always the same. */
function generatedFile(format: PixelFormat): Uint8Array {
  const { allocated, stored, signed = false, samples = 1, planar = 0, photometric, frames = 1 } = format
  const { rows = 48, columns = 70 } = format
  const pixels = new Uint8Array((rows * columns * samples * frames * allocated) / 8)
  const view = new DataView(pixels.buffer)
  let state = 1
  for (let offset = 0; offset < pixels.byteLength; offset += allocated / 8) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    const value = ((state >>> 8) % 2 ** stored) - (signed ? 2 ** (stored - 1) : 0)
    if (allocated === 8) view.setUint8(offset, value & 0xff)
    else view.setUint16(offset, value & 0xffff, true)
  }
  return secondaryCapture(
    {
      SamplesPerPixel: samples,
      PhotometricInterpretation: photometric ?? (samples === 3 ? 'RGB' : 'MONOCHROME2'),
      ...(samples === 3 ? { PlanarConfiguration: planar } : {}),
      ...(frames > 1 ? { NumberOfFrames: String(frames) } : {}),
      Rows: rows,
      Columns: columns,
      BitsAllocated: allocated,
      BitsStored: stored,
      HighBit: stored - 1,
      PixelRepresentation: Number(signed),
    },
    pixels,
  )
}

const vector = sharedPath('ahi/ifrc-ct-512x375.dcm')

describe.skipIf(vector === undefined)('the frame whose checksums are in the developer guide', () => {
  test('has the full-resolution checksum in a current document', async () => {
    await using emulator = await startEmulator()
    const place = await importAlone(emulator, vector ?? '')
    const [instance] = instancesOf(await metadataOf(place))
    expect(instance).toMatchObject({
      StoredTransferSyntaxUID: '1.2.840.10008.1.2.4.202',
      ChecksumType: 'DECOMPRESSED',
      ImageFrames: [
        {
          PixelDataChecksumFromBaseToFullResolution: [{ Width: 512, Height: 375, Checksum: 1227709180 }],
          MinPixelValue: 451,
          MaxPixelValue: 1466,
        },
      ],
    })
  })

  test('has the checksum of every resolution in a document of 2023', async () => {
    await using emulator = await startEmulator()
    const { imageSets } = await emulator.importDicom(vector ?? '', { documentForm: '2023' })
    const place = { ...emulator, imageSetId: imageSets[0]?.imageSetId ?? '' }
    const [instance] = instancesOf(await metadataOf(place))
    expect(instance?.ImageFrames).toMatchObject([
      {
        PixelDataChecksumFromBaseToFullResolution: [
          { Width: 256, Height: 188, Checksum: 2598394845 },
          { Width: 512, Height: 375, Checksum: 1227709180 },
        ],
        FrameSizeInBytes: 384000,
      },
    ])
    expect(instance?.DICOM['PixelData']).toBeNull()
    expect(instance).not.toHaveProperty('StoredTransferSyntaxUID')
  })
})

test('keeps a video as imported, and streams it', async () => {
  await using emulator = await startEmulator()
  const video = Uint8Array.from({ length: 5_000_001 }, (_, index) => Math.imul(index, 2_654_435_761) >>> 24)
  const file = encodePart10({
    attributes: secondaryCaptureAttributes({ NumberOfFrames: '90', PhotometricInterpretation: 'YBR_PARTIAL_420' }),
    transferSyntaxUid: '1.2.840.10008.1.2.4.102',
    pixelData: [video],
  })
  const place = await importAlone(emulator, [file])
  const [instance] = instancesOf(await metadataOf(place))
  expect(instance?.ImageFrames).toHaveLength(1)
  const frame = await frameOf(place, instance?.ImageFrames[0]?.ID ?? '')
  // Encapsulated fragments have an even length.
  expect(Buffer.compare(frame, Buffer.concat([video, new Uint8Array(1)]))).toBe(0)
})
