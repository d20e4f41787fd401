import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import { openAccessTimes, type AccessTimes } from './access-times.ts'
import { openBulkDataTable, type BulkDataTable } from './bulk-data.ts'
import { openDatastoreTable, type DatastoreTable } from './datastores.ts'
import { createDocumentCache } from './document-cache.ts'
import { compressDocument } from './document-file.ts'
import type { FrameContent } from './frame-content.ts'
import { openImageSetContents, type ImageSetContents } from './image-set-contents.ts'
import { openImageSetTable, type ImageSetTable } from './image-sets.ts'
import { openImportJobTable, type ImportJobTable } from './import-jobs.ts'
import { openPixelDataTable, type PixelDataTable } from './kept-pixel-data.ts'
import { openInstanceWarnings, type InstanceWarningTable } from './instance-warnings.ts'
import { openModificationTable, type ModificationTable } from './modifications.ts'
import { inTransaction, openDatabase } from './open-database.ts'
import type { PackLocation } from './pack-location.ts'
import { createPackReader } from './pack-reader.ts'
import { packedFrame } from './packed-frame.ts'
import { searchImageSets, type FoundImageSet, type ImageSetSearch } from './search-image-sets.ts'
import { openPrimaryImageSets, type PrimaryImageSets } from './search-primary.ts'
import { syntheticImageSetId } from './synthetic-document-path.ts'
import { openSyntheticImageSets, type SyntheticImageSets } from './synthetic-image-sets.ts'
import { openTagTable, type TagTable } from './tags.ts'
import { openUnlistedVersionTable, type UnlistedVersionTable } from './unlisted-versions.ts'
import { createUnusedFileRemover } from './unused-files.ts'
import { newUpload, removeUploads } from './uploads.ts'
import { createBatchWriter, removeUnfinishedBatches, type BatchWriter } from './write-batch.ts'
import { createWriteQueue, type WriteQueue } from './write-queue.ts'

/** The data folder of an emulator: a database, and files with documents and frames. */
export interface Store extends AsyncDisposable, BatchWriter {
  readonly datastores: DatastoreTable
  readonly imageSets: ImageSetTable
  readonly importJobs: ImportJobTable
  readonly tags: TagTable
  readonly primaryImageSets: PrimaryImageSets
  readonly unlistedVersions: UnlistedVersionTable
  readonly contents: ImageSetContents
  readonly modifications: ModificationTable
  readonly accessTimes: AccessTimes
  readonly instanceWarnings: InstanceWarningTable
  /**
   * Queue of short tasks that change image sets. During a task, nothing else changes the store. Do slow work, such as
   * reading files, before the task.
   */
  readonly turns: WriteQueue
  search(search: ImageSetSearch): FoundImageSet[]
  /** Returns the gzipped metadata document of a version. */
  readDocument(documentPath: string): Promise<Uint8Array<ArrayBuffer>>
  /** Returns the parsed metadata document of a version. Callers share the object: do not change it. */
  readMetadata(documentPath: string): Promise<ImageSetMetadata>
  /** Image sets that are generated when they are read. */
  readonly synthetic: SyntheticImageSets
  readonly pixelData: PixelDataTable
  readonly bulkData: BulkDataTable
  findFrame(datastoreId: string, imageSetId: string, imageFrameId: string): FrameContent | undefined
  /** Yields bytes of a pack, each piece read when it is requested. */
  streamPack(location: PackLocation): AsyncIterable<Uint8Array>
  /** Runs `write` in one transaction. If it throws, nothing is changed. */
  inTransaction<Result>(write: () => Result): Result
  /** Removes files that are no longer used. */
  removeUnusedFiles(): Promise<void>
  /** Returns the path of a new file for the body of a request. The caller removes the file. */
  newUpload(): Promise<string>
  close(): Promise<void>
}

/**
 * Opens a data folder. Removes unfinished files of a process that was killed.
 * @throws {DataFolderError} if the folder cannot be used, or another process has it open
 */
export async function openStore(folder: string): Promise<Store> {
  const database = openDatabase(folder)
  await removeUnfinishedBatches(database, folder)
  await removeUploads(folder)
  const packs = createPackReader(folder)
  const imageSets = openImageSetTable(database)
  const synthetic = openSyntheticImageSets(database)
  const readDocument = async (documentPath: string): Promise<Uint8Array<ArrayBuffer>> => {
    const imageSetId = syntheticImageSetId(documentPath)
    return imageSetId === undefined ? readFile(join(folder, documentPath)) : makeDocument(synthetic, imageSetId)
  }
  const turns = createWriteQueue()
  const removeUnusedFiles = createUnusedFileRemover(database, { folder, close: (path) => packs.closePack(path) })
  await removeUnusedFiles()
  const accessTimes = openAccessTimes(database)
  let closing: Promise<void> | undefined
  const closeAll = async (): Promise<void> => {
    await turns.close()
    await packs.close()
    accessTimes.flush()
    database.close()
  }
  const close = (): Promise<void> => (closing ??= closeAll())
  return {
    datastores: openDatastoreTable(database),
    imageSets,
    importJobs: openImportJobTable(database),
    tags: openTagTable(database),
    primaryImageSets: openPrimaryImageSets(database),
    unlistedVersions: openUnlistedVersionTable(database),
    contents: openImageSetContents(database),
    modifications: openModificationTable(database),
    accessTimes,
    instanceWarnings: openInstanceWarnings(database),
    turns,
    removeUnusedFiles,
    synthetic,
    pixelData: openPixelDataTable(database),
    bulkData: openBulkDataTable(database),
    streamPack: (location) => packs.stream(location),
    search: (search) => searchImageSets(database, search),
    readDocument,
    readMetadata: createDocumentCache(readDocument),
    findFrame(datastoreId, imageSetId, imageFrameId) {
      const location = imageSets.frame(datastoreId, imageSetId, imageFrameId)
      return location === undefined
        ? synthetic.frame(datastoreId, imageSetId, imageFrameId)
        : packedFrame(location, packs)
    },
    inTransaction: (write) => inTransaction(database, write),
    ...createBatchWriter({ database, folder, turns }),
    newUpload: () => newUpload(folder),
    close,
    [Symbol.asyncDispose]: close,
  }
}

async function makeDocument(synthetic: SyntheticImageSets, imageSetId: string): Promise<Uint8Array<ArrayBuffer>> {
  const document = synthetic.document(imageSetId)
  if (document === undefined) throw new TypeError(`Cannot read image set ${imageSetId}: its recipe is missing`)
  // JSON.stringify is enough, because no number is beyond 2^53. Checking for larger numbers would double the time.
  return compressDocument(JSON.stringify(document))
}
