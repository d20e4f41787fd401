import { passOn } from './item-failure.ts'
import { dicomizeInstance } from '@ahi-dicom/dicomizer'
import type { ExporterClient } from './client.ts'
import type { SelectionOptions } from './selection-options.ts'
import type { ErrorEntry } from '@ahi-dicom/export-files'
import { instanceEntry, walkSelection, type WalkedInstance } from './walk-selection.ts'

/** What to plan an export of. */
export type PlanOptions = SelectionOptions

/** What an export would take from one image set. */
export interface PlannedImageSet {
  readonly imageSetId: string
  readonly versionId: string
  readonly studyInstanceUid: string
  readonly seriesInstanceUids: readonly string[]
  readonly instances: number
  readonly frames: number
  /** Bytes of the frames once decoded; those whose attributes do not tell count as nothing. */
  readonly decodedBytes: number
}

/** What an export would do. */
export interface ExportPlan {
  readonly imageSets: readonly PlannedImageSet[]
  readonly instances: number
  readonly frames: number
  readonly decodedBytes: number
  /** Instances that an export would leave out since another image set has them. */
  readonly duplicates: number
  readonly failures: readonly ErrorEntry[]
}

/** Selects and reads metadata as an export does, and fetches no frame. */
export async function planExport(
  client: ExporterClient,
  options: PlanOptions,
  closed: AbortSignal,
): Promise<ExportPlan> {
  const signal = options.signal === undefined ? closed : AbortSignal.any([closed, options.signal])
  signal.throwIfAborted()
  const planned = new Map<string, PlannedImageSet>()
  const failures: ErrorEntry[] = []
  let duplicates = 0
  for await (const walked of walkSelection(client, { ...options, signal })) {
    if (walked.kind === 'failure') passOn(walked, (failure) => failures.push(failure))
    else if (walked.isDuplicate) duplicates += 1
    else add(planned, walked)
  }
  const imageSets = [...planned.values()]
  const sum = (field: 'instances' | 'frames' | 'decodedBytes'): number =>
    imageSets.reduce((total, imageSet) => total + imageSet[field], 0)
  const totals = { instances: sum('instances'), frames: sum('frames'), decodedBytes: sum('decodedBytes') }
  return { imageSets, ...totals, duplicates, failures }
}

function add(planned: Map<string, PlannedImageSet>, walked: WalkedInstance): void {
  const { imageSetId, versionId, studyInstanceUid, seriesInstanceUid } = walked.key
  const key = `${imageSetId}/${versionId}`
  const known = planned.get(key)
  const { frames, decodedBytes } = sizeOf(walked)
  planned.set(key, {
    imageSetId,
    versionId,
    studyInstanceUid,
    seriesInstanceUids: [...new Set([...(known?.seriesInstanceUids ?? []), seriesInstanceUid])],
    instances: (known?.instances ?? 0) + 1,
    frames: (known?.frames ?? 0) + frames,
    decodedBytes: (known?.decodedBytes ?? 0) + decodedBytes,
  })
}

function sizeOf(walked: WalkedInstance): { readonly frames: number; readonly decodedBytes: number } {
  const { frameCount, frameByteLength } = dicomizeInstance(instanceEntry(walked)).describe()
  return { frames: frameCount, decodedBytes: frameCount * frameByteLength }
}
