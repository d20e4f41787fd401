import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { createWriteStream } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createAhiClient, type AhiClient } from '@ahi-dicom/ahi-client'
import { startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { createFrameReader, dicomize, type DicomInstance, type FrameDecoder } from '@ahi-dicom/dicomizer'
import { createDecoderPool } from '@ahi-dicom/htj2k-decoder'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compareAll, describeDifferences, type ComparedTrip } from './comparison.ts'
import { completeFiles } from './completed-files.ts'
import { connection, type SourceFile } from './round-trip.ts'
import { sharedDicom, sharedFilesMissing } from './shared-files.ts'
import { COMPARATOR_MODULES, mustSkip } from './tools.ts'

const requirements = { pythonModules: COMPARATOR_MODULES, excuse: sharedFilesMissing() }
const names = [
  'pydicom-data/693_UNCI.dcm',
  'pydicom-data/693_J2KR.dcm',
  'pydicom-data/JPEG2000_UNC.dcm',
  'pydicom-data/MR2_UNCR.dcm',
  'pydicom-data/RG3_J2KI.dcm',
  'pydicom-data/SC_rgb_16bit_2frame.dcm',
  'pydicom-data/SC_ybr_full_uncompressed.dcm',
  'pydicom-data/color-pl.dcm',
  'pydicom-data/emri_small_RLE.dcm',
  'pydicom-data/liver.dcm',
  'pydicom-data/liver_nonbyte_aligned.dcm',
  'pydicom/test-SR.dcm',
  'pydicom/rtdose.dcm',
  'pydicom/waveform_ecg.dcm',
]

/** The checksums of these do not cover their pixels: code streams, and packed frames that end inside a byte. */
const incomparable: ReadonlySet<string> = new Set([
  'pydicom-data/RG3_J2KI.dcm explicit',
  'pydicom-data/liver_nonbyte_aligned.dcm explicit',
  'pydicom-data/liver_nonbyte_aligned.dcm stored',
])

describe.skipIf(mustSkip('whole instances against the emulator', requirements))(
  'whole instances against the emulator',
  () => {
    let folder: string
    let emulator: Emulator

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'whole-'))
      emulator = await startEmulator({ data: join(folder, 'ahi') })
    })

    afterAll(async () => {
      await emulator.close()
      await rm(folder, { recursive: true, force: true })
    })

    test('are the imported files, with every frame verified, and give the same frames as GetImageFrame', async () => {
      await using client = createAhiClient(connection(emulator.endpoint))
      await using frameDecoder = createDecoderPool({ threads: 1 })
      const trips: ComparedTrip[] = []
      const completed = (await completeFiles(join(folder, 'completed'))).filter(({ name }) =>
        name.includes('HTJ2KLossless'),
      )
      const sources = [...names.map((name) => ({ name, original: join(sharedDicom, name) })), ...completed]
      for (const [index, source] of sources.entries()) {
        const place = join(folder, String(index))
        await mkdir(place)
        trips.push(await trip(source, place, { client, emulator, frameDecoder }))
      }
      const { files } = await compareAll(trips, folder)
      expect(describeDifferences(files)).toEqual([])
      expect(files).toHaveLength(2 * sources.length)
    }, 300_000)
  },
)

interface Parts {
  readonly client: AhiClient
  readonly emulator: Emulator
  readonly frameDecoder: FrameDecoder
}

async function trip(
  { name, original }: Pick<SourceFile, 'name' | 'original'>,
  folder: string,
  { client, emulator, frameDecoder }: Parts,
): Promise<ComparedTrip> {
  const { datastoreId } = await emulator.createDatastore({ name: basename(folder) })
  const { imageSets } = await emulator.importDicom(original, { datastoreId })
  const imageSetId = imageSets[0]?.imageSetId ?? ''
  const metadata = await client.getImageSetMetadata({ datastoreId, imageSetId })
  const frameReader = createFrameReader({ source: client, decoder: frameDecoder })
  const sources = { frameReader, instanceSource: client }
  const outputs: ComparedTrip['outputs'][number][] = []
  const [ofFrames] = dicomize(metadata, sources)
  for (const kind of ['explicit', 'stored'] as const) {
    const [whole] = dicomize(metadata, { ...sources, source: 'instance', transferSyntax: kind })
    if (whole === undefined || ofFrames === undefined) throw new Error(`${name} gives no instance`)
    expect([name, ofFrames.source, whole.source]).toEqual([
      name,
      ofFrames.frameCount > 0 ? 'frames' : 'none',
      'instance',
    ])
    const path = join(folder, `${kind}.dcm`)
    await pipeline(whole.part10(), createWriteStream(path))
    const unverified = incomparable.has(`${name} ${kind}`) ? whole.frameCount : 0
    const verified = whole.frameCount - unverified
    expect([name, kind, whole.frameChecks]).toEqual([name, kind, { verified, unverified }])
    expect(whole.notices).toEqual([])
    outputs.push({ kind, path, transferSyntaxUid: whole.transferSyntaxUid })
    await expectSameFrames(whole, ofFrames)
  }
  return { name, original, outputs, warnings: [] }
}

async function expectSameFrames(whole: DicomInstance, ofFrames: DicomInstance): Promise<void> {
  for (let index = 0; index < ofFrames.frameCount; index += 1) {
    const [one, other] = await Promise.all([whole.frame(index), ofFrames.frame(index)])
    expect(
      Buffer.from(one.buffer, one.byteOffset, one.byteLength).equals(
        Buffer.from(other.buffer, other.byteOffset, other.byteLength),
      ),
    ).toBe(true)
    expect(one.constructor).toBe(other.constructor)
  }
}
