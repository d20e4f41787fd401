import type { DicomInstance } from '@ahi-dicom/dicomizer'
import type { ForeseenFiles, Format } from '@ahi-dicom/export-files'
import { openInstance, type InstanceSources, type ItemToOpen, type OpenInstance } from '../lane/open-instance.ts'
import { walkedItem, type WalkedInstance } from '../selection/walk-selection.ts'
import { noBytes, type PlannedBytes } from './planned-bytes.ts'

/** The part of a plan for one instance. */
export interface ForeseenInstance {
  /** Number of frames to read. */
  readonly frames: number
  readonly bytesToFetch: PlannedBytes
  readonly requests: { readonly GetImageFrame: number; readonly GetDICOMInstance: number }
  /** Files of the formats that can foresee them. */
  readonly files: readonly FormatFiles[]
  /** True if a format cannot foresee its files. */
  readonly isUnforeseen: boolean
  /** Why files will be missing. */
  readonly failures: readonly unknown[]
}

/** Number and size of the files of one format. */
export interface FormatFiles extends PlannedBytes {
  readonly format: string
  readonly files: number
}

/** Opens the instance as an export does, and returns what reading and writing it takes. Fetches nothing. */
export function foreseeInstance(
  sources: InstanceSources,
  walked: WalkedInstance,
  formats: readonly Format[],
): ForeseenInstance {
  const item = { id: 0, ...walkedItem(walked) }
  try {
    const opened = openInstance(sources, item, { isFallback: false, keepsFrames: 'never' })
    try {
      const foreseen = foreseeFiles(opened.instance, formats)
      const reads = foreseeReading(opened, foreseen, () => isReadOnce(sources, item, { opened, formats }))
      return { ...reads, ...filesOf(foreseen) }
    } finally {
      opened.close()
    }
  } catch (error) {
    return { ...nothingForeseen, failures: [error] }
  }
}

/** The plan of an instance that takes nothing. */
export const nothingForeseen: ForeseenInstance = {
  frames: 0,
  bytesToFetch: noBytes,
  requests: { GetImageFrame: 0, GetDICOMInstance: 0 },
  files: [],
  isUnforeseen: false,
  failures: [],
}

interface ForeseenFormat {
  readonly format: Format
  readonly files: ForeseenFiles | undefined
  readonly failure: unknown
}

/**
 * Returns the files of each format. If a DICOM file fails, the whole instance fails. If another format fails, the DICOM
 * file stays.
 */
function foreseeFiles(instance: DicomInstance, formats: readonly Format[]): readonly ForeseenFormat[] {
  const first = formats.filter(({ name }) => name === 'dcm')
  const others = formats.filter(({ name }) => name !== 'dcm')
  return [
    ...first.map((format) => ({ format, files: format.foresee?.(instance), failure: undefined })),
    ...others.map((format) => {
      try {
        return { format, files: format.foresee?.(instance), failure: undefined }
      } catch (failure) {
        if (first.length === 0) throw failure
        return { format, files: undefined, failure }
      }
    }),
  ]
}

function filesOf(foreseen: readonly ForeseenFormat[]): Pick<ForeseenInstance, 'files' | 'isUnforeseen' | 'failures'> {
  return {
    files: foreseen.flatMap(({ format, files }) => {
      if (files === undefined) return []
      const { byteLength: bytes, accuracy } = files
      return [{ format: format.name, files: files.files, bytes, accuracy }]
    }),
    isUnforeseen: foreseen.some(({ files, failure }) => files === undefined && failure === undefined),
    failures: foreseen.flatMap(({ failure }) => failure ?? []),
  }
}

/** Returns what must be read for the files. Frames that do not stay in memory are read again for each format. */
function foreseeReading(
  { instance }: OpenInstance,
  foreseen: readonly ForeseenFormat[],
  readOnce: () => boolean,
): Pick<ForeseenInstance, 'frames' | 'bytesToFetch' | 'requests'> {
  const { source } = instance
  if (source === 'none') return nothingForeseen
  const { storedFrameLengths, areStoredLengthsExact, byteLength } = instance.measureFile()
  const ofFormats = foreseen.flatMap(({ files }) => (files === undefined ? [] : [[...files.frames]]))
  const frames = new Set(ofFormats.flat())
  const isOnce = ofFormats.length < 2 || readOnce()
  if (source === 'instance') {
    const requests = isOnce ? 1 : ofFormats.length
    const bytesToFetch = { bytes: requests * byteLength, accuracy: 'estimated' } as const
    return { frames: frames.size, bytesToFetch, requests: { GetImageFrame: 0, GetDICOMInstance: requests } }
  }
  const read = isOnce ? [...frames] : ofFormats.flat()
  const bytes = read.reduce((sum, frame) => sum + (storedFrameLengths[frame] ?? 0), 0)
  return {
    frames: frames.size,
    bytesToFetch: { bytes, accuracy: areStoredLengthsExact ? 'exact' : 'estimated' },
    requests: { GetImageFrame: read.length, GetDICOMInstance: 0 },
  }
}

/** Returns true if a lane would keep the frames of an instance in memory for all its formats. */
function isReadOnce(
  sources: InstanceSources,
  item: ItemToOpen,
  { opened, formats }: { readonly opened: OpenInstance; readonly formats: readonly Format[] },
): boolean {
  if (!formats.some(({ readsPixels }) => readsPixels)) return true
  const keeping = openInstance(sources, item, { isFallback: false, keepsFrames: 'within-limit' })
  keeping.close()
  return keeping.heldByteLength > opened.heldByteLength
}
