import {
  createFormats,
  mergeRecords,
  openRecord,
  recordNames,
  verifyExport,
  writeInstanceFiles,
} from '@ahi-dicom/export-files'
import type {
  Destination,
  ErrorEntry,
  ExportDescription,
  MergedCounts,
  MergedRecords,
  MergeOptions,
  OutputMode,
  WarningEntry,
} from '@ahi-dicom/export-files'
import { entryOf, instanceDouble, keyOf } from './instance-double.ts'
import { textOf } from './memory-destination.ts'
import { recordMemory } from './record-memory.ts'

/** An image set to export. */
export interface ImageSetToWrite {
  readonly imageSetId: string
  readonly versionId?: string
  /** SOPInstanceUIDs. */
  readonly instances: readonly string[]
  /** Content of the files. Default: image set and version. */
  readonly content?: string
  /** SOPInstanceUID of an instance that fails. */
  readonly failing?: string
  /** True if it has a warning. */
  readonly hasWarning?: boolean
}

/** Options for the end of a run. */
export interface WriteOptions {
  readonly mode?: OutputMode
  /** A further image set. The process is killed while it writes this one. */
  readonly killedIn?: ImageSetToWrite | undefined
  /** True if it is killed before it flushes. */
  readonly isUnflushed?: boolean
}

const formats = createFormats(['dcm'])
const { datastoreId } = instanceDouble()

export const description: ExportDescription = {
  product: { name: 'test', version: '1' },
  datastoreId,
  selection: { selectors: 'all', filters: [], nonPrimary: 'exclude' },
  files: {
    formats: [{ name: 'dcm' }],
    transferSyntax: 'explicit',
    source: 'frames',
    headerOnly: false,
    layout: 'test',
  },
}

export function failureOf({ imageSetId }: ImageSetToWrite, sopInstanceUid: string): ErrorEntry {
  return { datastoreId, imageSetId, sopInstanceUid, code: 'FRAME_MISSING', message: 'it is gone', retryable: false }
}

function warningOf({ imageSetId, versionId = '1', instances }: ImageSetToWrite): WarningEntry {
  const key = keyOf(instanceDouble({ imageSetId, sopInstanceUid: instances[0] ?? '' }), versionId)
  return { ...key, code: 'CHARACTER_SET_CHANGED', message: 'it lacks some', instances: instances.length }
}

/** Exports image sets like a job, until the end or a kill. */
export async function writeImageSets(
  destination: Destination,
  imageSets: readonly ImageSetToWrite[],
  { mode = 'new', killedIn, isUnflushed = false }: WriteOptions = {},
): Promise<void> {
  await destination.open()
  const record = await openRecord(destination, {
    mode,
    formats,
    selection: 'all',
    description,
    maxMemory: recordMemory.bytes,
  })

  async function write(imageSet: ImageSetToWrite, isRecorded: boolean): Promise<void> {
    const { imageSetId, versionId = '1', content = `${imageSetId} ${versionId}` } = imageSet
    for (const sopInstanceUid of imageSet.instances) {
      if (sopInstanceUid === imageSet.failing) {
        await record.fail(failureOf(imageSet, sopInstanceUid))
        continue
      }
      const instance = instanceDouble({ imageSetId, sopInstanceUid, chunks: [Buffer.from(content)] })
      const stem = record.claim(`${imageSetId}/${sopInstanceUid}`, keyOf(instance, versionId))
      await record.begin(stem)
      const files = await writeInstanceFiles({ instance, stem }, formats, destination)
      if (isRecorded) await record.add(files.map((file) => entryOf(instance, file, versionId)))
    }
  }

  for (const imageSet of imageSets) {
    const { imageSetId, versionId = '1', instances, failing } = imageSet
    await write(imageSet, true)
    if (imageSet.hasWarning === true) await record.warn(warningOf(imageSet))
    const key = { datastoreId, imageSetId, versionId }
    if (failing === undefined) await record.finishImageSet({ ...key, instances: instances.length })
  }
  if (!isUnflushed) {
    const position = record.position()
    await destination.flush?.()
    await record.flushed(position)
  }
  if (killedIn !== undefined) await write(killedIn, false)
  if (killedIn !== undefined || isUnflushed) return
  await record.finish({ isComplete: true })
  const outcome = imageSets.some(({ failing }) => failing !== undefined) ? 'failed' : 'complete'
  await record.close({ outcome })
}

/** Returns the summary of a merge in the form of the exporter. */
export interface TestSummary extends MergedCounts {
  readonly outcome: string
}

export function merge(
  destination: Destination,
  options: Partial<MergeOptions<TestSummary>> = {},
): Promise<MergedRecords<TestSummary>> {
  return mergeRecords(destination, {
    description,
    keepError: () => true,
    summarize: (counts) => ({ ...counts, outcome: counts.failures > 0 ? 'failed' : 'complete' }),
    maxMemory: recordMemory.bytes,
    ...options,
  })
}

/** Returns the content of an export, without times and the order of lines. */
export interface ExportState {
  readonly files: readonly string[]
  readonly manifest: readonly string[]
  readonly errors: readonly string[]
  readonly warnings: readonly string[]
  readonly description: unknown
  readonly hasAllFlushed: boolean
  readonly problems: readonly string[]
}

export async function stateOf(destination: Destination): Promise<ExportState> {
  const { record } = destination
  const linesOf = async (name: string): Promise<readonly string[]> =>
    (await textOf(record, name)).split('\n').filter(Boolean).toSorted()
  const files: string[] = []
  for await (const { path } of destination.list?.() ?? []) {
    const chunks: Uint8Array[] = []
    for await (const chunk of (await destination.read?.(path)) ?? []) chunks.push(chunk.slice())
    if (!isRecordFile(path)) files.push(`${path} ${Buffer.concat(chunks).toString()}`)
  }
  const problems: string[] = []
  let hasAllFlushed = false
  for await (const event of verifyExport(destination)) {
    if (event.kind === 'problem') problems.push(`${event.problem} ${event.path} ${event.message}`)
    if (event.kind === 'summary') hasAllFlushed = event.flushed === event.files
  }
  const described: { createdAt?: unknown; sha256?: unknown } = JSON.parse(
    (await textOf(record, recordNames.description)) || '{}',
  )
  return {
    files: files.toSorted(),
    manifest: await linesOf(recordNames.manifest),
    errors: await linesOf(recordNames.errors),
    warnings: await linesOf(recordNames.warnings),
    description: { ...described, createdAt: undefined, sha256: undefined },
    hasAllFlushed,
    problems: problems.toSorted(),
  }
}

function isRecordFile(path: string): boolean {
  return path.startsWith('.ahi-dicom') || Object.values<string>(recordNames).includes(path)
}
