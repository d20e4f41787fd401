import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAhiClient, type AhiClient } from '@ahi-dicom/ahi-client'
import { startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { imageSetInstances } from '@ahi-dicom/ahi-metadata'
import { encodePart10 } from '@ahi-dicom/dicomizer'
import { recordNames } from '@ahi-dicom/export-files'
import type { ExporterClient } from '@ahi-dicom/exporter'

/** An instance in AHI. */
export interface HeldInstance {
  readonly imageSetId: string
  readonly sopInstanceUid: string
  readonly imageFrameIds: readonly string[]
}

/** An emulator with a series of single-frame instances and a series of multi-frame instances. */
export interface LaneStore extends AsyncDisposable {
  readonly emulator: Emulator
  readonly client: AhiClient
  /** Single-frame instances, in the order of the document. */
  readonly slices: readonly HeldInstance[]
  /** Multi-frame instances. */
  readonly loops: readonly HeldInstance[]
}

/** Rows and columns of every frame. Samples have 16 bits. */
const side = 32
/** Bytes of a decoded frame. */
export const frameByteLength: number = side * side * 2
/** SeriesInstanceUID of the single-frame instances. */
export const sliceSeries = '1.2.3.1'
/** SeriesInstanceUID of the multi-frame instances. */
export const loopSeries = '1.2.3.2'
const studyInstanceUid = '1.2.3'

export function connection({ endpoint }: { readonly endpoint: string }) {
  return { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' } }
}

/** The contents of a {@link LaneStore}. */
export interface LaneStoreOptions {
  readonly slices: number
  readonly loops: number
  /** The number of frames in each loop. */
  readonly loopFrames: number
}

/** Starts an emulator and imports the instances of a {@link LaneStore}. */
export async function laneStore({ slices, loops, loopFrames }: LaneStoreOptions): Promise<LaneStore> {
  const emulator = await startEmulator()
  const files = [
    ...Array.from({ length: slices }, (_, index) => fileOf(sliceSeries, index + 1, 1)),
    ...Array.from({ length: loops }, (_, index) => fileOf(loopSeries, index + 1, loopFrames)),
  ]
  const { rejected } = await emulator.importDicom(files)
  if (rejected.length > 0) throw new Error(`Cannot import: ${JSON.stringify(rejected)}`)
  const client = createAhiClient(connection(emulator))
  const held = await heldInstances(client, emulator.datastoreId)
  return {
    emulator,
    client,
    slices: held.filter(({ imageFrameIds }) => imageFrameIds.length === 1),
    loops: held.filter(({ imageFrameIds }) => imageFrameIds.length > 1),
    async [Symbol.asyncDispose]() {
      await client.close()
      await emulator.close()
    },
  }
}

/** Returns a client that other threads cannot use, so that exports run in the main thread. */
export function withoutSharing(client: AhiClient): ExporterClient {
  const local: ExporterClient = { ...client }
  delete local.shareAccess
  return local
}

async function heldInstances(client: AhiClient, datastoreId: string): Promise<HeldInstance[]> {
  const held: HeldInstance[] = []
  for await (const { imageSetId } of client.searchImageSets({ datastoreId })) {
    for (const { sopInstanceUid, instance } of imageSetInstances(
      await client.getImageSetMetadata({ datastoreId, imageSetId }),
    )) {
      held.push({ imageSetId, sopInstanceUid, imageFrameIds: instance.ImageFrames.map(({ ID }) => ID) })
    }
  }
  return held
}

function fileOf(seriesInstanceUid: string, number: number, frames: number): Uint8Array {
  const attributes = {
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.7',
    StudyInstanceUID: studyInstanceUid,
    SeriesInstanceUID: seriesInstanceUid,
    SOPInstanceUID: `${seriesInstanceUid}.${number}`,
    PatientID: 'P',
    Modality: 'OT',
    InstanceNumber: String(number),
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: side,
    Columns: side,
    BitsAllocated: 16,
    BitsStored: 12,
    HighBit: 11,
    PixelRepresentation: 0,
    ...(frames > 1 && { NumberOfFrames: String(frames) }),
  }
  return encodePart10({ attributes, pixelData: noise(frames * side * side, number * 1000 + frames) })
}

/** Returns samples of 12 bits that differ from frame to frame. */
function noise(samples: number, seed: number): Uint8Array {
  let state = seed
  const values = Uint16Array.from({ length: samples }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state >>> 20
  })
  return new Uint8Array(values.buffer)
}

/** Creates a new folder. It is removed with everything in it when disposed of. */
export async function temporaryFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'exporter-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}

/** Returns the files of a folder by path, without the record. */
export function exportedFiles(directory: string): ReadonlyMap<string, Buffer> {
  const ofRecord: ReadonlySet<string> = new Set(Object.values(recordNames))
  const entries = readdirSync(directory, { withFileTypes: true, recursive: true })
  const paths = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .filter((path) => !ofRecord.has(path))
  return new Map(paths.sort().map((path) => [path, readFileSync(join(directory, path))]))
}

/**
 * Returns the lines of a file of the record. From the manifest, only lines about files. Returns none if the file does
 * not exist.
 */
export function linesOf<Line>(directory: string, name: 'manifest' | 'errors'): Line[] {
  try {
    const text = readFileSync(join(directory, recordNames[name]), 'utf8')
    const isLine = (line: string): boolean => line !== '' && (name === 'errors' || line.includes('"sha256":'))
    return text.split('\n').flatMap((line): Line[] => (isLine(line) ? [JSON.parse(line)] : []))
  } catch {
    return []
  }
}
