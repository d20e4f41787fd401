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
  /** Whether its files are named after their format, see `Layout`. Default true. */
  readonly hasExtension?: boolean | undefined
}

/** Options of {@link writeInstanceFiles}. All but `onFailure` and `onNotice` go to `part10()` of the instance. */
export interface WriteInstanceOptions extends ReadingOptions {
  /**
   * Takes the reason if files of a format cannot be made but the DICOM file can, which is then kept. Default: the reason
   * is thrown, and no file of the instance is left.
   */
  readonly onFailure?: ((error: unknown) => void) | undefined
  /** Takes what formats tell of their files. The notices of the instance itself are in `instance.notices`. */
  readonly onNotice?: ((notice: InstanceNotice) => void) | undefined
}

/**
 * Writes all files of an instance, or leaves none of them, or leaves out a format if `onFailure` takes the reason. The
 * DICOM file comes first: reading it mends the attributes that pictures are made by.
 *
 * @throws {OutputError} if the writer refuses a file; whatever the formats throw; the reason of the signal
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

/** Writes the files of one format in their order, or leaves none of them. */
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
    // Attributes of an image do not prove that there is one. Reading it has shown.
    if (format.readsPixels && instance.pictureCount === 0) return []
    throw error
  }
}
