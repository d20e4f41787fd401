import { open } from 'node:fs/promises'
import { UnreadableFileError } from '@ahi-dicom/dicom-standard/reader'
import { readInstanceUids, type InstanceUids } from '../dicom/instance-uids.ts'
import { readFully } from '../files/read-fully.ts'
import { importFiles } from '../import/import-dicom.ts'
import type { ImportSource } from '../import/import-source.ts'
import type { OperationContext } from '../operation/operation.ts'
import { warningCode } from '../pixels/warning-codes.ts'
import type { Datastore } from '../store/datastores.ts'
import type { MultipartPart } from './multipart-parts.ts'

/** Reasons why an instance was not stored (PS3.18 I.2.2). */
const failureReasons = { processingFailure: 0x0110, differentStudy: 0xa900, notUnderstood: 0xc000 } as const

/** The result of storing one instance. */
export interface StoredInstance {
  /** Absent if the part could not be read. */
  readonly uids?: InstanceUids
  /** Present if the instance was not stored. */
  readonly failureReason?: number
  /** Present if the instance was changed or lost something. */
  readonly warningReason?: number
}

/** A file whose parts are the instances to store. */
interface Upload {
  readonly path: string
  readonly parts: readonly MultipartPart[]
  readonly datastore: Datastore
  /** StudyInstanceUID that all instances must have, if the path names one. */
  readonly study: string | undefined
}

/** Imports the instances of a request. Their image sets become visible together, after the last instance. */
export async function storeInstances(upload: Upload, context: OperationContext): Promise<StoredInstance[]> {
  const { datastore, parts } = upload
  const read = new Map<string, StoredInstance>()
  const { id: datastoreId, losslessStorageFormat } = datastore
  const target = { store: context.store, now: context.now, datastoreId, form: '2025', losslessStorageFormat } as const
  const { rejected, warnings } = await context.writes.run(() => importFiles(sourcesOf(upload, read), target))
  const rejectedNames = new Set(rejected.map(({ file }) => file))
  const warningsByName = Map.groupBy(warnings, ({ file }) => file)
  return parts.map((_, index): StoredInstance => {
    const name = nameOf(index)
    const instance = read.get(name) ?? { failureReason: failureReasons.notUnderstood }
    if (instance.failureReason !== undefined) return instance
    if (rejectedNames.has(name)) return { ...instance, failureReason: failureReasons.processingFailure }
    const [warning] = warningsByName.get(name) ?? []
    return warning === undefined ? instance : { ...instance, warningReason: warning.code ?? warningCode('OTHER').code }
  })
}

async function* sourcesOf(
  { path, parts, study }: Upload,
  read: Map<string, StoredInstance>,
): AsyncGenerator<ImportSource> {
  for (const [index, part] of parts.entries()) {
    yield {
      name: nameOf(index),
      async read() {
        if (!isDicom(part)) throw new UnreadableFileError('the part is not application/dicom')
        const bytes = await readPart(path, part)
        const uids = readInstanceUids(bytes)
        const isOfStudy = study === undefined || uids.studyInstanceUid === study
        read.set(nameOf(index), isOfStudy ? { uids } : { uids, failureReason: failureReasons.differentStudy })
        if (!isOfStudy) throw new UnreadableFileError('the instance belongs to another study')
        return bytes
      },
    }
  }
}

function nameOf(index: number): string {
  return `#${index + 1}`
}

function isDicom({ contentType = 'application/dicom' }: MultipartPart): boolean {
  return /^application\/dicom *(?:;|$)/i.test(contentType)
}

async function readPart(path: string, { start, end }: MultipartPart): Promise<Uint8Array> {
  await using file = await open(path, 'r')
  const bytes = Buffer.allocUnsafeSlow(end - start)
  if ((await readFully(file, start, bytes)) === bytes.byteLength) return bytes
  throw new UnreadableFileError('the part ends early')
}
