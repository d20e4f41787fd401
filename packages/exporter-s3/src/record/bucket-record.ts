import type { FileContent, RecordLock, RecordStore } from '@ahi-dicom/export-files'
import type { S3Connection } from '../access/connect.ts'
import { translated, translatedContent, type S3Action } from '../access/s3-error.ts'
import type { S3DestinationOptions } from '../access/s3-options.ts'
import type { BucketPlace } from '../place/bucket-place.ts'
import { lockBucket, type BucketLock } from './bucket-lock.ts'
import { openGrowingObject } from './growing-object.ts'
import { createRecordObjects, isGrowing, partName, type RecordObjects } from './record-objects.ts'

/** Options of {@link bucketRecord}. */
export interface BucketRecordOptions {
  readonly connection: S3Connection
  readonly place: BucketPlace
  readonly options: S3DestinationOptions
  /** The lock that this process holds, if any. It is checked before each change in the bucket. */
  readonly claim: { lock: BucketLock | undefined }
}

/** Returns a record whose files are objects below `PREFIX/.ahi-dicom/`. */
export function bucketRecord({ connection, place, options, claim }: BucketRecordOptions): RecordStore {
  const objects = async (): Promise<RecordObjects> => createRecordObjects(await connection.client(), place, options)
  const actions = actionsOf(place)

  async function changing<Result>(change: (objects: RecordObjects) => Promise<Result>): Promise<Result> {
    return await translated(actions.write, async () => {
      await claim.lock?.check()
      return await change(await objects())
    })
  }

  async function writeChunks(name: string, content: FileContent): Promise<void> {
    await changing(async (found) => {
      if (!isGrowing(name)) return await found.put(found.keyOf(name), content)
      const generation = ((await found.parts(name)).at(-1)?.generation ?? 0) + 1
      await found.put(`${found.keyOf(name)}/${partName({ generation, number: 1 })}`, content)
      for (const { key } of await found.olderParts(name)) await found.remove(key)
    })
  }

  return {
    async lock(lockOptions): Promise<RecordLock> {
      const client = await connection.client()
      const lock = await translated(actions.write, () => lockBucket({ client, place }, lockOptions))
      claim.lock = lock
      return {
        async release() {
          claim.lock = undefined
          await lock.release()
        },
      }
    },
    read: (name, { signal } = {}) =>
      translated(actions.read, async () => {
        const found = await objects()
        if (!isGrowing(name)) {
          const content = await found.read(found.keyOf(name), signal)
          return content && translatedContent(actions.read, content)
        }
        const parts = await found.parts(name)
        return parts.length === 0 ? undefined : readParts(found, parts, { signal, action: actions.read })
      }),
    size: (name) =>
      translated(actions.read, async () => {
        const found = await objects()
        if (!isGrowing(name)) return await found.size(found.keyOf(name))
        const parts = await found.parts(name)
        return parts.length === 0 ? undefined : parts.reduce((sum, { byteLength }) => sum + byteLength, 0)
      }),
    async append(name, keepBytes) {
      const log = await changing((found) => openGrowingObject(found, name, { keepBytes }))
      return { ...log, append: (text) => changing(() => log.append(text)) }
    },
    write: (name, bytes) => writeChunks(name, [bytes]),
    writeChunks,
    remove: (name) =>
      changing(async (found) => {
        if (!isGrowing(name)) return await found.remove(found.keyOf(name))
        for (const { key } of await found.olderParts(name)) await found.remove(key)
        for (const { key } of (await found.parts(name)).toReversed()) await found.remove(key)
      }),
  }
}

interface Reading {
  readonly signal: AbortSignal | undefined
  readonly action: S3Action
}

async function* readParts(
  objects: RecordObjects,
  parts: readonly { readonly key: string }[],
  { signal, action }: Reading,
): AsyncGenerator<Uint8Array> {
  for (const { key } of parts) {
    const content = await translated(action, () => objects.read(key, signal))
    if (content !== undefined) yield* translatedContent(action, content)
  }
}

function actionsOf({ recordName: subject }: BucketPlace): Readonly<Record<'read' | 'write', S3Action>> {
  return {
    read: { verb: 'read the record in', subject, permission: 's3:GetObject, s3:ListBucket' },
    write: { verb: 'record in', subject, permission: 's3:PutObject, s3:GetObject, s3:DeleteObject, s3:ListBucket' },
  }
}
