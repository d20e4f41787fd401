import { UnreadableFileError } from '@ahi-dicom/dicom-standard/reader'
import { NothingToImportError } from '../errors.ts'
import { completeModifications } from '../modify/complete-modifications.ts'
import type { FrameStorageOptions } from '../pixels/stored-frames.ts'
import { warningCode } from '../pixels/warning-codes.ts'
import type { Store } from '../store/store.ts'
import { commitImageSets, prepareImageSets } from './commit-image-sets.ts'
import type { FilesReport, ImportReport, ImportWarning, RejectedFile } from './import-report.ts'
import { importSources, type ImportInput, type ImportSource } from './import-source.ts'
import type { MetadataOverrides } from './metadata-overrides.ts'
import { stageInstance, type StagedInstance } from './stage-instance.ts'
import { createImageSetStage, type ImageSetStage } from './staged-image-set.ts'

/** The target and the settings of an import. */
export interface ImportTarget extends FrameStorageOptions {
  readonly store: Store
  readonly datastoreId: string
  /** Metadata that replaces attributes of the files. */
  readonly overrides?: MetadataOverrides
  /** Milliseconds since 1970. */
  readonly now: () => number
}

/** The results of an import by file. */
interface FileResults {
  readonly files: { readonly file: string; readonly groupingKey: string }[]
  readonly rejected: (RejectedFile & { readonly isDicom: boolean })[]
  readonly warnings: ImportWarning[]
}

/**
 * Imports Part 10 files. A file that cannot be imported is reported and does not affect the others. Image sets become
 * visible together, after the last file. Modifications accepted in the meantime are applied first.
 */
export async function importFiles(sources: AsyncIterable<ImportSource>, target: ImportTarget): Promise<FilesReport> {
  const results: FileResults = { files: [], rejected: [], warnings: [] }
  const { store, now } = target
  const prepared = await store.stageBatch({
    async write(batch) {
      const stage = createImageSetStage(batch)
      for await (const source of sources) await importFile(source, { stage, target, results })
      return stage.imageSets()
    },
    async prepare(staged, batch) {
      await completeModifications({ store, now })
      return prepareImageSets(staged, { ...target, batch })
    },
    commit(staged) {
      const imageSets = commitImageSets(staged, store)
      return new Map(staged.map(({ imageSet }, index) => [imageSet.groupingKey, imageSets[index]]))
    },
  })
  const { rejected, warnings } = results
  const imported = results.files.flatMap(({ file, groupingKey }) => {
    const imageSet = prepared.get(groupingKey)
    return imageSet === undefined ? [] : [{ file, imageSet }]
  })
  return { imported, imageSets: [...prepared.values()].filter((one) => one !== undefined), rejected, warnings }
}

/**
 * Imports files, folders, or the bytes of files with {@link importFiles}.
 * @throws {NothingToImportError} if a path does not exist, or no file is DICOM
 */
export async function importDicom(input: ImportInput, target: ImportTarget): Promise<ImportReport> {
  const { imported, ...report } = await importFiles(importSources(input), target)
  if (imported.length === 0 && report.rejected.every(({ isDicom }) => !isDicom)) {
    throw nothingToImport(input, report.rejected.length)
  }
  return {
    ...report,
    imported: imported.length,
    rejected: report.rejected.map(({ file, reason }) => ({ file, reason })),
  }
}

async function importFile(
  source: ImportSource,
  context: { readonly stage: ImageSetStage; readonly target: ImportTarget; readonly results: FileResults },
): Promise<void> {
  const { stage, target, results } = context
  try {
    const instance = await stageInstance(await source.read(), { ...target, writeToPack: stage.writeToPack })
    results.files.push({ file: source.name, groupingKey: instance.groupingKey })
    results.warnings.push(...warningsOf(source.name, stage.add(instance)))
  } catch (error) {
    const reason = rejectionReason(error)
    if (reason === undefined) throw error
    const isDicom = !(error instanceof UnreadableFileError && error.code === 'NOT_DICOM')
    results.rejected.push({ file: source.name, reason, isDicom })
  }
}

function warningsOf(file: string, { warnings }: StagedInstance): ImportWarning[] {
  return warnings.map(({ name, message }) => ({
    file,
    message,
    ...(name === undefined ? {} : warningCode(name)),
  }))
}

/**
 * Returns why a file is rejected, or `undefined` if the error is not the file's fault. The import then ends with that
 * error.
 */
function rejectionReason(error: unknown): string | undefined {
  if (error instanceof UnreadableFileError) return error.message
  if (error instanceof Error && 'code' in error && (error.code === 'EACCES' || error.code === 'ENOENT')) {
    return `the file cannot be read: ${error.code}`
  }
  return undefined
}

function nothingToImport(input: ImportInput, fileCount: number): NothingToImportError {
  const names =
    typeof input === 'string' ? [input] : Array.isArray(input) ? input.filter((path) => typeof path === 'string') : []
  const why = fileCount === 0 ? 'there are no files' : `none of the ${fileCount} files is DICOM`
  return new NothingToImportError(names.length === 0 ? ['the given bytes'] : names, why)
}
