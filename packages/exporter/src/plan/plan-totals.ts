import { createKeySet, type ErrorEntry, type FreeSpace } from '@ahi-dicom/export-files'
import type { WalkedInstance } from '../selection/walk-selection.ts'
import type { ExportPlan, PlannedDisk, PlannedFiles } from './export-plan.ts'
import type { ForeseenInstance, FormatFiles } from './foresee-instance.ts'
import { addBytes, noBytes } from './planned-bytes.ts'

/** The members of a plan that are not sums over instances. */
type Rest = Pick<ExportPlan, 'datastoreId' | 'selection' | 'imageSets' | 'storageTiers' | 'archivedBytes' | 'requests'>

/** Sums over all instances of a plan. */
export interface PlanTotals extends Disposable {
  readonly sums: { instances: number; frames: number; duplicates: number; failedInstances: number }
  add(walked: WalkedInstance, foreseen: ForeseenInstance): void
  /** Adds the files of a series. Its instances were added before. */
  addSeries(walked: readonly WalkedInstance[], foreseen: ForeseenInstance): void
  fail(failure: ErrorEntry): void
  close(rest: Rest): ExportPlan
}

/** Estimated bytes of a manifest line: 700 to 900 with the default layout. */
const manifestLineBytes = 900

/** Bytes of memory for the set of studies and the set of series. More entries go to a temporary database. */
const setMemory = 8 * 2 ** 20

/** The usual block size of file systems, in bytes. */
const usualBlock = 4096

/** Creates totals that are all 0. */
export function createTotals(free: FreeSpace | undefined): PlanTotals {
  const block = free?.blockByteLength ?? usualBlock
  const sums = { instances: 0, frames: 0, duplicates: 0, failedInstances: 0, unforeseenInstances: 0 }
  const reads = { GetImageFrame: 0, GetDICOMInstance: 0 }
  const files = new Map<string, PlannedFiles>()
  const errors: Record<string, number> = {}
  const counts = { failures: 0, retryable: 0 }
  const studies = createKeySet({ maxMemory: setMemory })
  const series = createKeySet({ maxMemory: setMemory })
  let lastSeries: string | undefined
  let bytesToFetch = noBytes
  let blocks = 0

  function addFiles({ format, ...planned }: FormatFiles): void {
    const known = files.get(format) ?? { files: 0, ...noBytes }
    files.set(format, { files: known.files + planned.files, ...addBytes(known, planned) })
    if (planned.files > 0) blocks += planned.files * Math.ceil(planned.bytes / planned.files / block)
  }

  function addForeseen(foreseen: ForeseenInstance, instances: number): void {
    sums.frames += foreseen.frames
    if (foreseen.failures.length > 0) sums.failedInstances += instances
    if (foreseen.isUnforeseen) sums.unforeseenInstances += instances
    bytesToFetch = addBytes(bytesToFetch, foreseen.bytesToFetch)
    reads.GetImageFrame += foreseen.requests.GetImageFrame
    reads.GetDICOMInstance += foreseen.requests.GetDICOMInstance
    foreseen.files.forEach(addFiles)
  }

  /** Counts the series of an instance. Instances of a series come one after another. */
  function countSeries({ studyInstanceUid, seriesInstanceUid }: WalkedInstance['key']): void {
    const name = `${studyInstanceUid}/${seriesInstanceUid}`
    if (name === lastSeries) return
    lastSeries = name
    studies.add(studyInstanceUid)
    series.add(name)
  }

  return {
    sums,
    add({ key }, foreseen) {
      sums.instances += 1
      countSeries(key)
      addForeseen(foreseen, 1)
    },
    addSeries: (walked, foreseen) => addForeseen(foreseen, walked.length),
    fail({ code, retryable }) {
      errors[code] = (errors[code] ?? 0) + 1
      counts.failures += 1
      if (retryable) counts.retryable += 1
    },
    close({ requests, ...rest }) {
      const bytesToWrite = [...files.values()].reduce(addBytes, noBytes)
      const fileCount = [...files.values()].reduce((sum, format) => sum + format.files, 0)
      // The usual layouts have a folder for each study and each series.
      const folders = fileCount === 0 ? 0 : studies.size + series.size
      const ofOneCopy = (blocks + folders) * block + fileCount * manifestLineBytes
      const needed = ofOneCopy * (free?.copies ?? 1)
      return {
        ...rest,
        studies: studies.size,
        series: series.size,
        ...sums,
        bytesToFetch,
        bytesToWrite,
        files: Object.fromEntries(files),
        requests: withoutZeros({ ...requests, ...reads }),
        disk: diskOf(needed, fileCount + folders, free),
        errors,
        retryableOnly: counts.failures > 0 && counts.retryable === counts.failures,
      }
    },
    [Symbol.dispose]() {
      studies[Symbol.dispose]()
      series[Symbol.dispose]()
    },
  }
}

function diskOf(neededBytes: number, neededFiles: number, free: FreeSpace | undefined): PlannedDisk {
  const needed = { neededBytes, neededFiles, free }
  if (free === undefined) return { ...needed, fits: undefined }
  const hasFiles = free.files === undefined || free.files >= neededFiles
  return { ...needed, fits: hasFiles && free.byteLength >= neededBytes }
}

function withoutZeros(requests: ExportPlan['requests']): ExportPlan['requests'] {
  return Object.fromEntries(Object.entries(requests).filter(([, count]) => count > 0))
}
