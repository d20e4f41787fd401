import type { DicomInstance, InstanceNotice, ReadingOptions } from '@ahi-dicom/dicomizer'
import type { FileWriter, WrittenFile } from '../destination/file-writer.ts'
import { OutputError } from '../errors.ts'
import { filePath } from './file-path.ts'
import type { Format, FormatItem } from './format.ts'
import { removeFiles } from './remove-files.ts'

/** An instance for {@link writeInstanceFiles}. */
export interface InstanceToWrite {
  readonly instance: DicomInstance
  /** Path of its files without extension. */
  readonly stem: string
  /** False for files without extension, see `Layout`. Default true. */
  readonly hasExtension?: boolean | undefined
}

/** Options of {@link writeInstanceFiles}. All except `onFailure` and `onNotice` are passed to the formats. */
export interface WriteInstanceOptions extends ReadingOptions {
  /**
   * Is called with the error of a format after the DICOM file was written. The DICOM file and the files of other
   * formats are kept. Without it, the error is thrown, and all files of the instance are removed.
   */
  readonly onFailure?: ((error: unknown) => void) | undefined
  /**
   * Is called for notices of formats about their files. The notices of the instance itself are in `instance.notices`.
   */
  readonly onNotice?: ((notice: InstanceNotice) => void) | undefined
}

/**
 * Writes all files of an instance. If one fails, removes those that are written and throws, unless `onFailure` handles
 * the error. The DICOM file is written first, because reading it corrects attributes that pictures depend on.
 *
 * @throws {OutputError} if the writer refuses a file. Passes on errors of the formats and the reason of the signal.
 * @example
 * import { createFormats, writeInstanceFiles } from '@ahi-dicom/export-files'
 *
 * await destination.open()
 * const files = await writeInstanceFiles({ instance, stem: 'slice' }, createFormats(['dcm', 'png']), destination)
 * console.log(files.map(({ path }) => path)) // [ 'slice.dcm', 'slice.png' ]
 * await destination.close()
 */
export async function writeInstanceFiles(
  item: InstanceToWrite,
  formats: readonly Format[],
  writer: FileWriter,
  { onFailure, onNotice = () => {}, ...reading }: WriteInstanceOptions = {},
): Promise<readonly WrittenFile[]> {
  const written: WrittenFile[] = []
  for (const format of formats.toSorted((a, b) => rank(a) - rank(b))) {
    try {
      written.push(...(await writeFormat(item, format, { writer, reading, onNotice })))
    } catch (error) {
      const isOfFormat = reading.signal?.aborted !== true && !(error instanceof OutputError)
      if (onFailure === undefined || !isOfFormat || !written.some(isDicomFile)) {
        await removeFiles(writer, written)
        throw error
      }
      onFailure(error)
    }
  }
  return written
}

function rank({ name }: Format): number {
  return name === 'dcm' ? 0 : 1
}

function isDicomFile({ format }: WrittenFile): boolean {
  return format === 'dcm'
}

interface Writing extends Pick<FormatItem, 'reading' | 'onNotice'> {
  readonly writer: FileWriter
}

/** Writes the files of one format in order. If one fails, removes those that are written. */
async function writeFormat(
  { instance, stem, hasExtension = true }: InstanceToWrite,
  format: Format,
  { writer, reading, onNotice }: Writing,
): Promise<readonly WrittenFile[]> {
  const { name, mediaType, settings } = format
  const { signal } = reading
  const frameCount = instance.pictureCount
  const files: WrittenFile[] = []
  try {
    for (const { frame, chunks } of format.files({ instance, reading, onNotice })) {
      signal?.throwIfAborted()
      const path = filePath(stem, { format: name, frame, frameCount, hasExtension })
      const stored = await writer.write({ path, format: name, mediaType, frame, chunks }, { signal })
      files.push({ ...stored, format: name, ...(frame !== undefined && { frame }), ...(settings && { settings }) })
    }
    return files
  } catch (error) {
    await removeFiles(writer, files)
    // The instance has attributes of an image, but reading has shown that it has no frames.
    if (format.readsPixels && instance.pictureCount === 0) return []
    throw error
  }
}
