import type { DicomInstance } from '@ahi-dicom/dicomizer'
import type { ForeseenFiles, Format } from '@ahi-dicom/export-files'
import { openInstance, type InstanceSources, type ItemToOpen, type OpenInstance } from '../lane/open-instance.ts'
import { walkedItem, type WalkedInstance } from '../selection/walk-selection.ts'
import { noBytes, type PlannedBytes } from './planned-bytes.ts'

/** What an export would do for one instance. */
export interface ForeseenInstance {
  /** Frames that are read. */
  readonly frames: number
  readonly bytesToFetch: PlannedBytes
  readonly requests: { readonly GetImageFrame: number; readonly GetDICOMInstance: number }
  /** Files by the name of their format, of the formats that tell. */
  readonly files: readonly FormatFiles[]
  /** Whether a format does not tell. */
  readonly isUnforeseen: boolean
  /** Why files will be missing. */
  readonly failures: readonly unknown[]
}

/** Files of one format. */
export interface FormatFiles extends PlannedBytes {
  readonly format: string
  readonly files: number
}

/** Opens the instance as an export does, and tells what reading and writing it takes. Nothing is fetched. */
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

/** Nothing is done for an instance. */
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

/** DICOM files come first; if they fail, no file of the instance is left. If others fail, the DICOM file stays. */
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

/** What is read for the files. Frames that do not stay in memory are read for each format. */
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

/** Returns whether the frames of an instance stay in memory for all its formats, as a lane decides it. */
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
