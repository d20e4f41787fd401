import type { DicomInstance } from '@ahi-dicom/dicomizer'
import type { ForeseenSeriesFiles, SeriesFormat } from '@ahi-dicom/export-files'
import { openInstance, type InstanceSources } from '../lane/open-instance.ts'
import { walkedItem, type WalkedInstance } from '../selection/walk-selection.ts'
import { nothingForeseen, type ForeseenInstance } from './foresee-instance.ts'

/**
 * Opens the instances of a series as an export does. Returns the frames, requests and bytes for the files of the
 * series. Frames are read once for each format. Fetches nothing.
 */
export function foreseeSeries(
  sources: InstanceSources,
  walked: readonly WalkedInstance[],
  formats: readonly SeriesFormat[],
): ForeseenInstance {
  try {
    const opened = walked.map((one) =>
      openInstance(sources, { id: 0, ...walkedItem(one) }, { isFallback: false, keepsFrames: 'never' }),
    )
    try {
      const instances = opened.map(({ instance }) => instance)
      return foreseeOpened(instances, formats)
    } finally {
      for (const one of opened) one.close()
    }
  } catch (error) {
    return { ...nothingForeseen, failures: [error] }
  }
}

function foreseeOpened(instances: readonly DicomInstance[], formats: readonly SeriesFormat[]): ForeseenInstance {
  const files: { readonly format: string; readonly foreseen: ForeseenSeriesFiles }[] = []
  const failures: unknown[] = []
  let isUnforeseen = false
  for (const format of formats) {
    try {
      const foreseen = format.foresee?.(instances)
      if (foreseen === undefined) isUnforeseen = true
      else files.push({ format: format.name, foreseen })
    } catch (error) {
      failures.push(error)
    }
  }
  return {
    ...readingOf(
      instances,
      files.map(({ foreseen }) => foreseen.frames),
    ),
    files: files.map(({ format, foreseen }) => {
      const { byteLength: bytes, accuracy } = foreseen
      return { format, files: foreseen.files, bytes, accuracy }
    }),
    isUnforeseen,
    failures,
  }
}

/**
 * Returns the reads of all formats. `frames` has the number of frames of each. Each frame is counted with the mean size
 * of the series' frames.
 */
function readingOf(
  instances: readonly DicomInstance[],
  frames: readonly number[],
): Pick<ForeseenInstance, 'frames' | 'bytesToFetch' | 'requests'> {
  const most = Math.max(0, ...frames)
  const all = frames.reduce((sum, count) => sum + count, 0)
  if (all === 0) return nothingForeseen
  const measured = instances.filter(({ source }) => source !== 'none').map((instance) => instance.measureFile())
  const lengths = measured.flatMap(({ storedFrameLengths }) => storedFrameLengths)
  const bytes = lengths.reduce((sum, length) => sum + length, 0)
  const isExact = all % lengths.length === 0 && measured.every(({ areStoredLengthsExact }) => areStoredLengthsExact)
  return {
    frames: most,
    bytesToFetch: {
      bytes: Math.round((bytes * all) / Math.max(1, lengths.length)),
      accuracy: isExact ? 'exact' : 'estimated',
    },
    requests: { GetImageFrame: all, GetDICOMInstance: 0 },
  }
}
