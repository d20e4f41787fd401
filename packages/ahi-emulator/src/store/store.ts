import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { ImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import { createBatch } from './batch.ts'
import type { Batch } from './batch.ts'
import type { BorrowedBytes } from './buffer-pool.ts'
import { datastoreTable } from './datastores.ts'
import type { DatastoreTable } from './datastores.ts'
import { createDocumentCache } from './document-cache.ts'
import { imageSetTable } from './image-sets.ts'
import type { FrameLocation, ImageSetTable } from './image-sets.ts'
import { inTransaction, openDatabase } from './open-database.ts'
import { createPackReader } from './pack-reader.ts'
import { textColumn } from './row.ts'
import { searchImageSets } from './search-image-sets.ts'
import type { FoundImageSet, ImageSetSearch } from './search-image-sets.ts'

/** The data folder of an emulator: a database of what there is, and files of documents and frames. */
export interface Store extends AsyncDisposable {
  readonly datastores: DatastoreTable
  readonly imageSets: ImageSetTable
  search(search: ImageSetSearch): FoundImageSet[]
  /** The gzipped metadata document of a version. */
  readDocument(documentPath: string): Promise<Uint8Array<ArrayBuffer>>
  /** The same, parsed. Others get the same object: do not change it. */
  readMetadata(documentPath: string): Promise<ImageSetMetadata>
  /** The bytes are borrowed: give them back when they are sent. */
  readFrame(location: FrameLocation): Promise<BorrowedBytes>
  /** A frame in memory of its own, which may be given away. */
  readFrameCopy(location: FrameLocation): Promise<Uint8Array<ArrayBuffer>>
  /**
   * Writes files with `write`, flushes them to the disk, and then records them with `commit` in one transaction. Where
   * either throws, or the process ends before, nothing of it stays.
   */
  writeBatch<Staged, Result>(steps: {
    readonly write: (batch: Batch) => Promise<Staged>
    readonly commit: (staged: Staged) => Result
  }): Promise<Result>
  close(): Promise<void>
}

/**
 * Opens a data folder, and removes what a process that was killed had not finished.
 * @throws {DataFolderError} where the folder cannot be used, or another process has it
 */
export async function openStore(folder: string): Promise<Store> {
  const database = openDatabase(folder)
  await removeUnfinishedBatches(database, folder)
  const packs = createPackReader(folder)
  const readDocument = (documentPath: string): Promise<Uint8Array<ArrayBuffer>> => readFile(join(folder, documentPath))
  let closing: Promise<void> | undefined
  const closeAll = async (): Promise<void> => {
    await packs.close()
    database.close()
  }
  const close = (): Promise<void> => (closing ??= closeAll())
  return {
    datastores: datastoreTable(database),
    imageSets: imageSetTable(database),
    search: (search) => searchImageSets(database, search),
    readDocument,
    readMetadata: createDocumentCache(readDocument),
    readFrame: (location) => packs.read(location),
    readFrameCopy: (location) => packs.readCopy(location),
    writeBatch: ({ write, commit }) => writeBatch({ database, folder, write, commit }),
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function writeBatch<Staged, Result>(work: {
  readonly database: DatabaseSync
  readonly folder: string
  readonly write: (batch: Batch) => Promise<Staged>
  readonly commit: (staged: Staged) => Result
}): Promise<Result> {
  const { database, folder, write, commit } = work
  const batch = createBatch(folder)
  const forget = database.prepare('DELETE FROM pending_batches WHERE id = ?')
  database.prepare('INSERT INTO pending_batches (id) VALUES (?)').run(batch.id)
  try {
    const staged = await write(batch)
    await batch.flush()
    return inTransaction(database, () => {
      const result = commit(staged)
      forget.run(batch.id)
      return result
    })
  } catch (error) {
    await batch.discard()
    forget.run(batch.id)
    throw error
  }
}

async function removeUnfinishedBatches(database: DatabaseSync, folder: string): Promise<void> {
  const ids = database.prepare('SELECT id FROM pending_batches').all()
  for (const row of ids) await createBatch(folder, textColumn(row, 'id')).discard()
  database.exec('DELETE FROM pending_batches')
}
