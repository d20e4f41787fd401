import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream, existsSync, type WriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Writable } from 'node:stream'
import { memoryRecord, OutputError, recordNames, type Destination, type FileContent } from '@ahi-dicom/export-files'
import { ZipWriter } from '@zip.js/zip.js'

/** Makes a destination that writes one ZIP. The record of the export (manifest, errors, summary) is in it as well. */
export function zipDestination(path: string): Destination {
  // A ZIP is of use once its directory is written, at the end. Until then it has another name.
  const unfinishedPath = `${path}.part`
  const record = memoryRecord()
  let opened: OpenZip | undefined
  let lastWrite: Promise<unknown> = Promise.resolve()

  /** Runs tasks one after the other: the export writes several files at a time, and a ZIP takes one. */
  function inTurn<Result>(task: () => Promise<Result>): Promise<Result> {
    const result = lastWrite.then(task)
    lastWrite = result.catch(() => undefined)
    return result
  }

  function requireOpen(): OpenZip {
    if (opened !== undefined) return opened
    throw new OutputError('OUTPUT_NOT_OPEN', `Cannot write "${path}": open it first`, { path })
  }

  async function open(): Promise<void> {
    if (existsSync(path)) {
      throw new OutputError('OUTPUT_EXISTS', `Cannot export to "${path}": it exists; choose another name`, { path })
    }
    const output = createWriteStream(unfinishedPath, { flush: true })
    await once(output, 'open').catch((error) => {
      throw notWritable(path, error)
    })
    // Files are stored uncompressed. A level from 1 to 9 compresses them.
    opened = { output, zip: new ZipWriter(Writable.toWeb(output), { level: 0, useWebWorkers: false }) }
  }

  return {
    name: path,
    record,
    open,

    async write(file, { signal } = {}) {
      const { zip, output } = requireOpen()
      const content = hashedContent(file.chunks)
      const stream = startedStream(content.chunks)
      return inTurn(async () => {
        try {
          signal?.throwIfAborted()
          zip.remove(file.path)
          // If this fails, its bytes stay in the ZIP, but its directory does not list them.
          await zip.add(file.path, stream)
        } catch (error) {
          await stream.cancel().catch(() => undefined)
          throw output.errored === null ? error : notWritable(path, output.errored)
        }
        return { path: file.path, ...content.digest() }
      })
    },

    async remove(entryPath) {
      await inTurn(async () => requireOpen().zip.remove(entryPath))
    },

    async close() {
      const { zip, output } = requireOpen()
      opened = undefined
      await lastWrite
      if (output.errored !== null) return await rm(unfinishedPath, { force: true })
      for (const name of Object.values(recordNames)) {
        const content = await record.read(name)
        if (content !== undefined) await zip.add(name, ReadableStream.from(content))
      }
      await zip.close()
      await rename(unfinishedPath, path)
    },
  }
}

interface OpenZip {
  readonly zip: ZipWriter<unknown>
  /** The file that the ZIP is written to. */
  readonly output: WriteStream
}

/** Returns copies of the chunks and the digest of all of them. A chunk may change once the next one is requested. */
function hashedContent(chunks: FileContent) {
  const hash = createHash('sha256')
  let byteLength = 0
  async function* read(): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      hash.update(chunk)
      byteLength += chunk.byteLength
      yield chunk.slice()
    }
  }
  return { chunks: read(), digest: () => ({ byteLength, sha256: hash.digest('hex') }) }
}

/** Returns a stream that reads its first chunk at once: frames are fetched and decoded while the file waits its turn. */
function startedStream(chunks: AsyncGenerator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await chunks.next()
      if (done === true) controller.close()
      else controller.enqueue(value)
    },
    async cancel() {
      await chunks.return(undefined)
    },
  })
}

function notWritable(path: string, cause: Error): OutputError {
  return new OutputError('OUTPUT_NOT_WRITABLE', `Cannot write "${path}": ${cause.message}`, { path, cause })
}
