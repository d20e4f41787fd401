import { UnreadableFileError } from '@ahi-dicom/dicom-standard/reader'
import type { ObjectFolder, ObjectInfo } from '../files/object-folder.ts'
import { openFolder } from '../files/open-folder.ts'
import { existingDatastore } from '../operation/existing-resources.ts'
import type { OperationContext } from '../operation/operation.ts'
import type { ImportJob } from '../store/import-jobs.ts'
import { EmulatorClosedError } from '../store/write-queue.ts'
import { importFiles } from './import-dicom.ts'
import { largestFile, type ImportSource } from './import-source.ts'
import { readMetadataOverrides } from './metadata-overrides.ts'
import { writeJobOutput } from './write-job-output.ts'

/** Limits of one job (developer guide, "Endpoints and quotas"). */
const mostFiles = 5000
const mostBytes = 10 * 2 ** 30
const mostFolders = 10_000
/** Longest message of a failed job in the API's model, and the characters that the model does not allow in it. */
const longestMessage = 2048
const foreignCharacters = /[^\w -:`]+/g

/** A whole job fails. */
class JobFailure extends Error {}

/**
 * Queues a job and returns at once. The job's status shows its result. If the emulator is closed before the job's turn,
 * the job fails at the next start.
 */
export function startImportJob(job: ImportJob, context: OperationContext): void {
  const { writes, store, now } = context
  writes
    .run(() => runJob(job, context))
    .then(
      () => store.importJobs.setStatus(job.id, { status: 'COMPLETED', endedAt: now() }),
      (error: unknown) => {
        if (error instanceof EmulatorClosedError) return
        store.importJobs.setStatus(job.id, { status: 'FAILED', endedAt: now(), message: failureMessage(error) })
      },
    )
}

function failureMessage(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.replaceAll(foreignCharacters, ' ').slice(0, longestMessage)
}

async function runJob(job: ImportJob, context: OperationContext): Promise<void> {
  const { store, now } = context
  store.importJobs.setStatus(job.id, { status: 'IN_PROGRESS' })
  const { id: datastoreId, losslessStorageFormat } = existingDatastore(job.datastoreId, context)
  const input = openFolder(job.inputS3Uri, context)
  const output = openFolder(job.outputS3Uri, context)
  const overrides = await readMetadataOverrides(job.metadataMappings ?? [], input)
  const objects = (await listObjects(input)).filter(({ key }) => !overrides.keys.has(key))
  const target = { store, now, datastoreId, form: '2025', losslessStorageFormat, overrides } as const
  const outcome = await importFiles(sourcesOf(input, objects), target)
  await writeJobOutput(output, job, { scanned: objects.length, ...outcome })
}

async function listObjects(folder: ObjectFolder): Promise<ObjectInfo[]> {
  const objects: ObjectInfo[] = []
  const folders = new Set<string>()
  let byteLength = 0
  for await (const object of folder.list()) {
    objects.push(object)
    byteLength += object.byteLength
    folders.add(object.key.slice(0, object.key.lastIndexOf('/') + 1))
    if (objects.length > mostFiles) throw new JobFailure(`The input folder has more than ${mostFiles} files`)
    if (folders.size > mostFolders) throw new JobFailure(`The input folder has more than ${mostFolders} folders`)
  }
  if (byteLength > mostBytes) throw new JobFailure('The input folder has more than 10 GB')
  if (objects.length === 0) throw new JobFailure('The input folder has no files')
  return objects
}

async function* sourcesOf(folder: ObjectFolder, objects: readonly ObjectInfo[]): AsyncGenerator<ImportSource> {
  for (const { key, byteLength } of objects) {
    yield {
      name: key,
      async read() {
        if (byteLength > largestFile) throw new UnreadableFileError('The file is larger than 4 GB')
        return folder.read(key)
      },
    }
  }
}
