import type { FileWriter } from '@ahi-dicom/exporter'
import { createFileWriter as createFolderWriter } from '@ahi-dicom/exporter-fs/lane'
import { add } from './fault.ts'

/** Options of {@link createFileWriter}. */
export interface CountingDestinationOptions {
  readonly directory: string
  /** Chunks of this many bytes are frames. */
  readonly frameByteLength: number
  /** Counts bytes of frames in memory. Written frames are subtracted. */
  readonly held?: SharedArrayBuffer | undefined
  /** Counts frames whose buffers are detached when the writer is closed, because the lane took their memory back. */
  readonly takenBack?: SharedArrayBuffer | undefined
}

/** Creates a writer for a folder that counts frames. Called by lanes. */
export function createFileWriter(options: CountingDestinationOptions): FileWriter {
  const { directory, frameByteLength, held, takenBack } = options
  const writer = createFolderWriter({ directory })
  const frames: Uint8Array[] = []

  return {
    ...writer,
    write(file, writing) {
      async function* chunks(): AsyncGenerator<Uint8Array> {
        for await (const chunk of file.chunks) {
          if (chunk.byteLength === frameByteLength) frames.push(chunk)
          yield chunk
          if (chunk.byteLength === frameByteLength && held !== undefined) add(held, -frameByteLength)
        }
      }
      return writer.write({ ...file, chunks: chunks() }, writing)
    },
    async close() {
      await writer.close()
      if (takenBack !== undefined) add(takenBack, frames.filter(({ byteLength }) => byteLength === 0).length)
    },
  }
}
