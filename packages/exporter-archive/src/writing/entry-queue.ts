import { pipeline } from 'node:stream/promises'
import type { Writable } from 'node:stream'
import { createGzip } from 'node:zlib'
import type { OutputError } from '@ahi-dicom/export-files'
import { fileError } from '../file/file-error.ts'
import type { ArchiveFormat } from '../format/archive-format.ts'
import type { EntryOptions, EntryWriter } from '../format/entry-writer.ts'
import { createTarWriter } from '../format/tar-writer.ts'
import { createZipWriter } from '../format/zip-writer.ts'
import type { SpooledContent } from '../spool/spool.ts'

/** The output of an archive. */
export interface ArchiveOutput {
  /** Name of the output in messages. */
  readonly name: string
  readonly stream: Writable
  /** Whether to end the stream after the archive. */
  readonly ends: boolean
}

/** Options of {@link createEntryQueue}. */
export interface EntryQueueOptions extends EntryOptions {
  readonly format: ArchiveFormat
  readonly compression: number
  /** Bytes that may wait in the queue before `room` waits. */
  readonly maxWaiting: number
}

/** Writes entries into an archive in the order of the calls of `add`, at the speed of the output's reader. */
export interface EntryQueue {
  /** Adds an entry. The queue releases its content when it is written. */
  add(path: string, content: SpooledContent): void
  /** Resolves when there is room for more entries. */
  room(): Promise<void>
  /** Resolves when all added entries are in the stream. */
  settled(): Promise<void>
  /** Writes the end of the archive, and resolves when everything is written. */
  finish(): Promise<void>
  /** Stops. The archive stays incomplete. */
  abandon(): Promise<void>
}

/**
 * Creates the queue of an archive. Its methods reject with the {@link OutputError} of the output's first failure.
 */
export function createEntryQueue(output: ArchiveOutput, options: EntryQueueOptions): EntryQueue {
  const { format, compression, maxWaiting } = options
  const writer: EntryWriter = format === 'zip' ? createZipWriter(options) : createTarWriter(options)
  const stop = new AbortController()
  let failure: OutputError | undefined
  let failCurrent: ((error: OutputError) => void) | undefined
  let waiting = 0
  let last: Promise<void> = Promise.resolve()

  function fail(error: unknown): OutputError {
    failure ??= fileError(error, 'write', output.name)
    failCurrent?.(failure)
    return failure
  }

  const { stream, ends: end } = output
  const { signal } = stop
  const delivered = (
    format === 'tar.gz'
      ? pipeline(writer.output, createGzip({ level: compression }), stream, { end, signal })
      : pipeline(writer.output, stream, { end, signal })
  ).catch((error: unknown) => void fail(error))

  /** Settles like `task`, or rejects when the output fails. A failed stream may never drain, so `task` alone could hang. */
  function untilFailure(task: Promise<void>): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    failCurrent = reject
    task.then(resolve, reject)
    return promise
  }

  async function write(path: string, content: SpooledContent): Promise<void> {
    try {
      if (failure === undefined) await untilFailure(writer.add(path, content))
    } catch (error) {
      fail(error)
    } finally {
      waiting -= content.byteLength
      await content.release()
    }
  }

  function throwIfFailed(): void {
    if (failure !== undefined) throw failure
  }

  async function settled(): Promise<void> {
    await last
    throwIfFailed()
  }

  return {
    add(path, content) {
      waiting += content.byteLength
      last = last.then(() => write(path, content))
    },
    async room() {
      throwIfFailed()
      if (waiting > maxWaiting) await settled()
    },
    settled,
    async finish() {
      await settled()
      writer.finish()
      await delivered
      throwIfFailed()
    },
    async abandon() {
      stop.abort()
      await delivered
      await last
    },
  }
}
