import type { DicomInstance, InstanceNotice, ReadingOptions } from '@ahi-dicom/dicomizer'
import type { FileWriter, FormatSettings, StoredFile } from '../destination/file-writer.ts'
import { OutputError, SeriesFileError } from '../errors.ts'
import { foldCase } from '../layout/fold-case.ts'
import { removeFiles } from './remove-files.ts'
import type { SeriesFormat, SeriesFormatItem } from './series-format.ts'
import { checkSuffix } from './series-suffix.ts'

/** A series for {@link writeSeriesFiles}. */
export interface SeriesToWrite {
  /** Selected instances of the series, in the order of the document. */
  readonly instances: readonly DicomInstance[]
  /** Path of the files without their suffix. */
  readonly stem: string
}

/** Options of {@link writeSeriesFiles}. All except `onFailure` and `onNotice` are passed to the formats. */
export interface WriteSeriesOptions extends ReadingOptions {
  /**
   * Is called with the error of a format, or of a part of the series. The other files are kept. Without it, the error
   * is thrown, and all files of the series are removed.
   */
  readonly onFailure?: ((error: unknown) => void) | undefined
  /** Is called for notices of formats about their files. */
  readonly onNotice?: ((notice: InstanceNotice) => void) | undefined
}

/** A stored file of a series. */
export interface WrittenSeriesFile extends StoredFile {
  /** Name of the format that made it. */
  readonly format: string
  /** The part of its path after the stem. */
  readonly suffix: string
  /** Number of AHI's frames in the file. */
  readonly frames: number
  /** Settings of the format. */
  readonly settings?: FormatSettings | undefined
}

/**
 * Writes all files of a series, format by format. If a format fails, its files are removed, `onFailure` is called, and
 * the other formats are still written. If the writer refuses a file or the signal is aborted, all files of the series
 * are removed.
 *
 * @throws {OutputError} if the writer refuses a file. Passes on the reason of the signal and, without `onFailure`,
 *   errors of the formats.
 * @example
 * import { contactSheetFormat, writeSeriesFiles } from '@ahi-dicom/export-files'
 *
 * await destination.open()
 * const files = await writeSeriesFiles({ instances, stem: 'series' }, [contactSheetFormat()], destination)
 * console.log(files.map(({ path }) => path)) // [ 'series_contact-sheet.png' ]
 * await destination.close()
 */
export async function writeSeriesFiles(
  series: SeriesToWrite,
  formats: readonly SeriesFormat[],
  writer: FileWriter,
  { onFailure, onNotice = () => {}, ...reading }: WriteSeriesOptions = {},
): Promise<readonly WrittenSeriesFile[]> {
  const written: WrittenSeriesFile[] = []
  const paths = new Set<string>()
  for (const format of formats) {
    try {
      const item = { instances: series.instances, reading, onNotice, onFailure: onFailure ?? thrown }
      written.push(...(await writeFormat(series, format, { writer, item, paths })))
    } catch (error) {
      const isOfFormat = reading.signal?.aborted !== true && !(error instanceof OutputError)
      if (onFailure === undefined || !isOfFormat) {
        await removeFiles(writer, written)
        throw error
      }
      onFailure(error)
    }
  }
  return written
}

function thrown(error: unknown): never {
  throw error
}

interface Writing {
  readonly writer: FileWriter
  readonly item: SeriesFormatItem
  /** Paths of the series' files so far, folded for case-insensitive file systems. */
  readonly paths: Set<string>
}

/** Writes the files of one format in order. If one fails, removes those that are written. */
async function writeFormat(
  { stem }: SeriesToWrite,
  format: SeriesFormat,
  { writer, item, paths }: Writing,
): Promise<readonly WrittenSeriesFile[]> {
  const { name, settings } = format
  const { signal } = item.reading
  const files: WrittenSeriesFile[] = []
  try {
    for await (const { suffix, mediaType, chunks, frames } of format.files(item)) {
      signal?.throwIfAborted()
      checkSuffix(suffix, name)
      const path = `${stem}${suffix}`
      if (paths.has(foldCase(path))) throw repeated(suffix, name)
      const stored = await writer.write({ path, format: name, mediaType, chunks }, { signal })
      paths.add(foldCase(path))
      files.push({ ...stored, format: name, suffix, frames, ...(settings && { settings }) })
    }
    return files
  } catch (error) {
    await removeFiles(writer, files)
    for (const { suffix } of files) paths.delete(foldCase(`${stem}${suffix}`))
    throw error
  }
}

function repeated(suffix: string, format: string): SeriesFileError {
  const message =
    `Cannot write a second file of the series with the suffix ${suffix} (format ${format}): it would replace the first one; ` +
    'export each format into a separate destination'
  return new SeriesFileError('SERIES_FILE_REPEATED', message, { format, suffix })
}
