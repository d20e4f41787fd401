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

/** The data folder of an emulator: a database of what there is, and files of documents and frames. */
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
   * Short turns of what changes image sets: what is found in the store when one begins stays so to its end. What takes
   * long, such as reading files, is done before.
   */
  readonly turns: WriteQueue
  search(search: ImageSetSearch): FoundImageSet[]
  /** The gzipped metadata document of a version. */
  readDocument(documentPath: string): Promise<Uint8Array<ArrayBuffer>>
  /** The same, parsed. Others get the same object: do not change it. */
  readMetadata(documentPath: string): Promise<ImageSetMetadata>
  /** Image sets that are made up when they are asked for. */
  readonly synthetic: SyntheticImageSets
  readonly pixelData: PixelDataTable
  readonly bulkData: BulkDataTable
  findFrame(datastoreId: string, imageSetId: string, imageFrameId: string): FrameContent | undefined
  /** Bytes of a pack, read as they are taken. */
  streamPack(location: PackLocation): AsyncIterable<Uint8Array>
  /** Runs `write` in one transaction: all of it counts, or nothing. */
  inTransaction<Result>(write: () => Result): Result
  /** Removes the files of what was deleted. */
  removeUnusedFiles(): Promise<void>
  /** Names a new file for the body of a request; to be removed by whoever asks for it. */
  newUpload(): Promise<string>
  close(): Promise<void>
}

/**
 * Opens a data folder, and removes what a process that was killed had not finished.
 * @throws {DataFolderError} where the folder cannot be used, or another process has it
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
  // None of its numbers is beyond 2^53: looking for such takes as long as writing it.
  return compressDocument(JSON.stringify(document))
}
