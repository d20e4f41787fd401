import type { ObjectFolder } from '../files/object-folder.ts'
import type { ImportJob } from '../store/import-jobs.ts'
import type { FilesReport, ImportedFile, ImportedImageSet, ImportWarning, RejectedFile } from './import-report.ts'

/** The result of a job. */
export interface JobOutcome extends FilesReport {
  readonly scanned: number
}

/**
 * Writes the output folder of a job (developer guide, "Understanding import jobs"): a manifest, and a file of JSON
 * lines for each kind of result.
 */
export async function writeJobOutput(folder: ObjectFolder, job: ImportJob, outcome: JobOutcome): Promise<void> {
  const { imported, rejected, warnings } = outcome
  const imageSetOf = new Map(imported.map(({ file, imageSet }) => [file, imageSet]))
  await writeLines(folder, 'SUCCESS/success.ndjson', imported.map(successLine))
  await writeLines(folder, 'FAILURE/failure.ndjson', rejected.map(failureLine))
  await writeLines(
    folder,
    'WARNING/warning.ndjson',
    [...Map.groupBy(warnings, ({ file }) => file)].map(([file, ofFile]) =>
      warningLine(file, imageSetOf.get(file), ofFile),
    ),
  )
  await folder.write('job-output-manifest.json', JSON.stringify(manifest(job, outcome)))
}

async function writeLines(folder: ObjectFolder, name: string, lines: readonly object[]): Promise<void> {
  if (lines.length > 0) await folder.write(name, lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
}

function successLine({ file, imageSet }: ImportedFile): object {
  return { inputFile: file, importResponse: importResponse(imageSet) }
}

function failureLine({ file, reason }: RejectedFile): object {
  return { inputFile: file, exception: { exceptionType: 'ValidationException', message: reason } }
}

function warningLine(file: string, imageSet: ImportedImageSet | undefined, warnings: readonly ImportWarning[]): object {
  const described = warnings.map(({ code, type, message }) => ({ warning_reason_code: code, type, message }))
  return { inputFile: file, importResponse: { ...importResponse(imageSet), warnings: described } }
}

function importResponse(imageSet: ImportedImageSet | undefined): object {
  if (imageSet === undefined) return {}
  const { imageSetId, versionId, isPrimary } = imageSet
  return { imageSetId, imageSetVersion: Number(versionId), isPrimary }
}

function manifest(job: ImportJob, { scanned, imported, rejected }: JobOutcome): object {
  const { id: jobId, datastoreId, inputS3Uri, outputS3Uri } = job
  const byImageSet = Map.groupBy(imported, ({ imageSet }) => imageSet.imageSetId)
  return {
    jobSummary: {
      jobId,
      datastoreId,
      inputS3Uri,
      outputS3Uri,
      successOutputS3Uri: `${outputS3Uri}SUCCESS/`,
      failureOutputS3Uri: `${outputS3Uri}FAILURE/`,
      warningsOutputS3Uri: `${outputS3Uri}WARNING/`,
      numberOfScannedFiles: scanned,
      numberOfImportedFiles: imported.length,
      numberOfFilesWithCustomerError: rejected.length,
      numberOfFilesWithServerError: 0,
      numberOfGeneratedImageSets: byImageSet.size,
      imageSetsSummary: [...byImageSet.values()].map((files) => ({
        ...importResponse(files[0]?.imageSet),
        numberOfMatchedSOPInstances: files.length,
      })),
    },
  }
}
