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
  /** Checks the folders above the file. Default: no check, so links to folders are followed. */
  readonly folders?: FolderLook | undefined
  /** Tag of the writer. Default: none, for the unnamed writer. */
  readonly tag?: FileTag
  /** Receives the open, unflushed file. Default: the file is flushed, closed and renamed. */
  readonly keep?: ((file: UnflushedFile) => Promise<void>) | undefined
}

/**
 * Writes a file under a temporary name and then renames it, so that it appears whole or not at all. Makes missing folders, and
 * replaces an existing file. Creates nothing before the first bytes arrive, and leaves nothing if the source fails or the
 * signal aborts. The memory of a chunk can be reused when the next one is requested. Returns size and SHA-256 of the file.
 *
 * @throws {OutputError} if the file system fails
 * @throws the error of `chunks`, or the reason of the signal
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
