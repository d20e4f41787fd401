import type { Destination } from '../destination/destination.ts'
import type {
  FinishedEntry,
  InstanceKey,
  ManifestEntry,
  RemovalEntry,
  RemovedImageSetEntry,
  StagedEntry,
} from './entries.ts'
import type { ImageSets, RecordedImageSet } from './image-sets.ts'
import type { LineLog } from './line-log.ts'
import type { RecordedFile } from './manifest-line.ts'
import { moveFiles } from './move-files.ts'
import { readManifest } from './read-manifest.ts'
import { recordedStem } from './recorded-stem.ts'
import { stagedPath, unstagedPath } from './safe-path.ts'

/** A version of an image set whose selected instances are all written. */
export interface ImageSetToFinish extends Pick<InstanceKey, 'datastoreId' | 'imageSetId' | 'versionId'> {
  /** Number of selected instances. */
  readonly instances: number
  /**
   * False if some instances are recorded for another image set. Then the next run reads this image set again. Default
   * true.
   */
  readonly isWhole?: boolean | undefined
}

/** A new version of an image set whose files are in the staging folder. */
export interface ImageSetToReplace extends ImageSetToFinish {
  /** Entries of all files, with their paths in the staging folder. */
  readonly entries: readonly ManifestEntry[]
}

/** The image sets in the record of an export. */
export interface ImageSetRecord {
  /**
   * Returns the recorded version of an image set if it needs no work: all instances that this run selects are recorded,
   * and their files exist as this run would write them. Returns undefined otherwise.
   */
  imageSetVersion(imageSetId: string): string | undefined
  /** Returns the recorded state of an image set, or undefined if nothing of it is recorded. */
  imageSet(imageSetId: string): RecordedImageSet | undefined
  /** Yields every image set with files in the record. */
  imageSets(): AsyncIterable<RecordedImageSet>
  /** Yields the recorded files of an image set. Reads the whole manifest, so do not call it for each image set. */
  filesOf(imageSetId: string): AsyncIterable<RecordedFile>
  /** Yields all recorded files, each with its path without suffix. Reads the whole manifest. */
  files(): AsyncIterable<RecordedFile & { readonly stem: string }>
  /**
   * Records that files no longer belong to the export. They are removed at the same time as in {@link removeImageSet}.
   */
  removeFiles(paths: readonly string[]): Promise<void>
  /**
   * Records that all selected instances of a version of an image set are written and recorded. In mode `sync`, this
   * makes recorded files of other versions obsolete. {@link ExportRecord.finish} removes them, or the next run when it
   * opens the record.
   */
  finishImageSet(imageSet: ImageSetToFinish): Promise<void>
  /**
   * Records that an image set no longer belongs to the export. {@link ExportRecord.finish} removes its files, or the
   * next run when it opens the record.
   */
  removeImageSet(imageSetId: string): Promise<void>
  /**
   * Returns the path without extension for an instance in the staging folder. Its files stay there until
   * {@link replaceImageSet}. Returns undefined if the destination cannot move or list files, so that image sets cannot
   * be replaced as a whole.
   */
  stage(stem: string, key: Pick<InstanceKey, 'imageSetId'>): string | undefined
  /**
   * Replaces an image set by a new version whose files are in the staging folder. The replacement is atomic: if the run
   * is killed, the next run that opens the record finds either the old or the new version, complete. Call it instead of
   * `add` and {@link finishImageSet}.
   */
  replaceImageSet(imageSet: ImageSetToReplace): Promise<void>
}

/** Parts of an {@link ImageSetRecord}. */
export interface ImageSetRecordParts {
  readonly destination: Destination
  readonly manifest: LineLog
  readonly imageSets: ImageSets
  /** True if files of other versions are removed. */
  readonly replaces: boolean
  /** Name of this run's selection. */
  readonly selection: string | undefined
  /** Memory for each map, in bytes. */
  readonly mapMemory: number | undefined
  /** Throws if the record is closed. Called before each line is recorded. */
  requireOpen(): void
  /** Called when files are recorded that are already flushed. */
  onRecorded(entries: readonly ManifestEntry[]): void
  /** Called when a line makes recorded files obsolete. */
  onObsolete(): void
}

/** Creates the part of a record that handles image sets. */
export function createImageSetRecord(parts: ImageSetRecordParts): ImageSetRecord {
  const { destination, manifest, imageSets, selection } = parts

  function finishedEntry(imageSet: ImageSetToFinish, files: number): FinishedEntry {
    const { datastoreId, imageSetId, versionId, instances, isWhole = true } = imageSet
    const replaces = parts.replaces && imageSets.hasOther(imageSet) ? ({ replaces: true } as const) : {}
    if (replaces.replaces === true) parts.onObsolete()
    return {
      datastoreId,
      imageSetId,
      versionId,
      instances,
      files,
      ...(selection === undefined || !isWhole ? {} : { selection }),
      ...replaces,
      finished: true,
    }
  }

  async function* recordedFiles(): AsyncGenerator<RecordedFile> {
    using found = await readManifest(destination.record, { maxMemory: parts.mapMemory })
    yield* found?.files() ?? []
  }

  function countFiles({ imageSetId, versionId }: ImageSetToFinish): number {
    const known = imageSets.find(imageSetId)
    return known?.versionId === versionId ? known.files : 0
  }

  return {
    imageSetVersion(imageSetId) {
      const found = imageSets.find(imageSetId)
      return found?.isWhole === true ? found.versionId : undefined
    },
    imageSet: (imageSetId) => imageSets.find(imageSetId),
    async *imageSets() {
      yield* imageSets.all()
    },
    async *filesOf(imageSetId) {
      for await (const file of recordedFiles()) if (file.imageSetId === imageSetId) yield file
    },
    async *files() {
      for await (const file of recordedFiles()) {
        yield { ...file, stem: recordedStem(file) }
      }
    },
    async removeFiles(paths) {
      parts.requireOpen()
      await manifest.add(paths.map((path): RemovalEntry => ({ path, removed: true })))
      parts.onObsolete()
    },
    async finishImageSet(imageSet) {
      parts.requireOpen()
      const finished = finishedEntry(imageSet, countFiles(imageSet))
      await manifest.add([finished])
      imageSets.finish(finished)
    },
    async removeImageSet(imageSetId) {
      parts.requireOpen()
      await manifest.add([{ imageSetId, removed: true } satisfies RemovedImageSetEntry])
      imageSets.remove(imageSetId)
      parts.onObsolete()
    },
    stage(stem, { imageSetId }) {
      const canStage = destination.move !== undefined && destination.list !== undefined
      return canStage ? stagedPath(imageSetId, stem) : undefined
    },
    async replaceImageSet({ entries, ...imageSet }) {
      parts.requireOpen()
      const { imageSetId } = imageSet
      const paths = entries.map(({ path }) => path)
      const arrived = entries.map((entry): ManifestEntry => ({ ...entry, path: unstagedPath(imageSetId, entry.path) }))
      await destination.flush?.(paths)
      const finished = finishedEntry(imageSet, countFiles(imageSet) + entries.length)
      await manifest.add([...arrived.map((entry): StagedEntry => ({ ...entry, staged: true })), finished])
      // A file may be moved only after its line survives a power cut.
      await manifest.flush()
      await moveFiles(
        destination,
        imageSetId,
        arrived.map(({ path }) => path),
      )
      await manifest.add([...arrived, finished])
      parts.onRecorded(arrived)
      imageSets.finish(finished)
    },
  }
}
