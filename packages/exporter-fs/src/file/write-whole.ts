import type { FileContent, FileDigest } from '@ahi-dicom/export-files'
import { createByteCollector } from './byte-collector.ts'
import type { FileCalls } from './file-calls.ts'
import { createTemporaryFile } from './temporary-file.ts'
import type { FileTag, FolderLook } from './temporary-file.ts'
import type { UnflushedFile } from './unflushed-files.ts'

/** Options of {@link writeWhole}. */
export interface WriteWholeOptions {
  readonly calls: FileCalls
  readonly signal?: AbortSignal | undefined
  /** Looks at the folders above the file. Absent: links to folders are followed. */
  readonly folders?: FolderLook | undefined
  /** Which of several writers writes the file. */
  readonly tag?: FileTag
  /** Takes over the file, open and not flushed. Default: the file is flushed before it gets its name, and closed. */
  readonly keep?: ((file: UnflushedFile) => Promise<void>) | undefined
}

/**
 * Writes a file so that it is seen whole or not at all: under a temporary name beside it, which is then changed. Folders
 * are made, and a file of that name is replaced. Nothing is created before the first bytes come, and nothing is left if
 * the source fails or the signal aborts. A chunk is written or copied before the next is asked for.
 *
 * @throws {OutputError} for what the file system refuses; whatever `chunks` throws; the reason of the signal
 */
export async function writeWhole(
  path: string,
  chunks: FileContent,
  { calls, signal, folders, tag, keep }: WriteWholeOptions,
): Promise<FileDigest> {
  signal?.throwIfAborted()
  const file = createTemporaryFile(path, { calls, folders, tag })
  const bytes = createByteCollector((collected) => file.write(collected))
  try {
    for await (const chunk of chunks) {
      signal?.throwIfAborted()
      await bytes.add(chunk)
    }
    signal?.throwIfAborted()
    const digest = await bytes.finish()
    bytes.release()
    if (keep === undefined) await file.finish()
    else await keep(await file.finishUnflushed())
    return digest
  } catch (error) {
    await file.remove()
    throw error
  } finally {
    bytes.release()
  }
}
