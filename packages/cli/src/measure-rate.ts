import type { Exporter, ExportOptions, PlannedImageSet, TransferRate } from '@ahi-dicom/exporter'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import type { CommandContext } from './command-context.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** Longest duration of a measurement. */
const mostMs = 10_000

/** Most image sets and bytes that a measurement exports. */
const most = { imageSets: 50, bytes: 1e9 }

/** Image sets to export for a measurement. */
export interface Sample {
  readonly add: (imageSet: PlannedImageSet) => void
  readonly imageSets: readonly PlannedImageSet[]
}

/** Returns an empty sample. `add` keeps the first image sets that have frames to fetch. */
export function createSample(): Sample {
  const imageSets: PlannedImageSet[] = []
  let bytes = 0
  return {
    imageSets,
    add(imageSet) {
      if (imageSet.bytesToFetch.bytes === 0 || imageSets.length >= most.imageSets || bytes >= most.bytes) return
      imageSets.push(imageSet)
      bytes += imageSet.bytesToFetch.bytes
    },
  }
}

/** Exports a sample to a temporary folder with the options of the export. Returns its rate, or undefined if nothing was fetched. */
export async function measureRate(
  exporter: Exporter,
  { imageSets }: Pick<Sample, 'imageSets'>,
  files: Omit<ExportOptions, 'selectors' | 'destination'>,
  { signal, log }: Pick<CommandContext, 'signal' | 'log'>,
): Promise<TransferRate | undefined> {
  if (imageSets.length === 0) {
    log.warn('cannot measure the rate: the selection has no frames to fetch')
    return undefined
  }
  await using folder = await temporaryFolder('ahi-dicom-rate-')
  const started = performance.now()
  const { bytesFetched } = await exporter.exportTo({
    ...files,
    selectors: imageSets.map(({ imageSetId, versionId }) => ({ imageSetId, versionId })),
    destination: folderDestination({ directory: folder.path }),
    signal: AbortSignal.any([signal, AbortSignal.timeout(mostMs)]),
  })
  signal.throwIfAborted()
  if (bytesFetched > 0) return { bytesPerSecond: (bytesFetched * 1000) / (performance.now() - started) }
  log.warn('cannot measure the rate: no frame arrived within 10 seconds')
  return undefined
}
