import type { Exporter, ExportOptions, PlannedImageSet, TransferRate } from '@ahi-dicom/exporter'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import type { CommandContext } from './command-context.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** Longest time of a measurement. */
const mostMs = 10_000

/** What a measurement exports at most. */
const most = { imageSets: 50, bytes: 1e9 }

/** Image sets to export for a measurement. */
export interface Sample {
  readonly add: (imageSet: PlannedImageSet) => void
  readonly imageSets: readonly PlannedImageSet[]
}

/** Makes an empty sample. It takes the first image sets that have something to fetch. */
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

/** Exports a sample into a temporary folder, as the export would do it. Returns its rate, or undefined if nothing was fetched. */
export async function measureRate(
  exporter: Exporter,
  { imageSets }: Pick<Sample, 'imageSets'>,
  files: Omit<ExportOptions, 'selectors' | 'destination'>,
  { signal, log }: Pick<CommandContext, 'signal' | 'log'>,
): Promise<TransferRate | undefined> {
  if (imageSets.length === 0) {
    log.warn('cannot measure the rate: nothing of the selection is fetched')
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
  log.warn('cannot measure the rate: no frame came in time')
  return undefined
}
