import type { DicomInstance, InstanceNotice, ReadingOptions } from '@ahi-dicom/dicomizer'
import type { FileWriter, FormatSettings, StoredFile } from '../destination/file-writer.ts'
import { OutputError, SeriesFileError } from '../errors.ts'
import { foldCase } from '../layout/fold-case.ts'
import { removeFiles } from './remove-files.ts'
import type { SeriesFormat, SeriesFormatItem } from './series-format.ts'
import { checkSuffix } from './series-suffix.ts'

/** A series for {@link writeSeriesFiles}. */
export interface SeriesToWrite {
  /** Its selected instances, in the order of the document. */
  readonly instances: readonly DicomInstance[]
  /** Path that the suffix of each file follows. */
  readonly stem: string
}

/** Options of {@link writeSeriesFiles}. All but `onFailure` and `onNotice` go to the formats. */
export interface WriteSeriesOptions extends ReadingOptions {
  /**
   * Takes the reason if the files of a format, or of a part of the series, cannot be made. The other files are kept.
   * Default: the reason is thrown, and no file of the series is left.
   */
  readonly onFailure?: ((error: unknown) => void) | undefined
  /** Takes the notices of formats about their files. */
  readonly onNotice?: ((notice: InstanceNotice) => void) | undefined
}

/** A file of a series that a destination holds. */
export interface WrittenSeriesFile extends StoredFile {
  /** Name of the format that made it. */
  readonly format: string
  /** The part of its path after the stem. */
  readonly suffix: string
  /** Frames of AHI that it holds. */
  readonly frames: number
  /** Settings of that format. */
  readonly settings?: FormatSettings | undefined
}

/**
 * Writes all files of a series, format by format. If a format fails, none of its files is left. `onFailure` then takes the
 * reason, and the other formats go on. If the writer refuses a file or the signal aborts, no file of the series is left.
 *
 * @throws {OutputError} if the writer refuses a file; errors of the formats, without `onFailure`; the reason of the
 *   signal
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
  /** Paths of the files of the series so far, as file systems without case have them. */
  readonly paths: Set<string>
}

/** Writes the files of one format in their order, or leaves none of them. */
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
    `Cannot write a second file of the series that ends in ${suffix} (format ${format}): the first one would be lost; ` +
    'export the formats one by one, each into a destination of its own'
  return new SeriesFileError('SERIES_FILE_REPEATED', message, { format, suffix })
}
