import { createLimiter } from '@ahi-dicom/ahi-client/frames'
import { untilAborted } from '@ahi-dicom/ahi-client/http'
import { UnreadableFileError } from '@ahi-dicom/dicom-standard/reader'
import {
  maskPath,
  OutputError,
  type DestinationAnswer,
  type FileWriter,
  type OutputFile,
  type PathMask,
  type StoredFile,
} from '@ahi-dicom/export-files'
import { createServerConnection } from '../http/server-connection.ts'
import type { ServerSettings } from '../http/server-settings.ts'
import { createBlockPool } from '../message/block-pool.ts'
import { holdInstance, type HeldInstance } from '../message/held-instance.ts'
import { createBatches } from './batches.ts'
import { unsignableInstance } from './instance-errors.ts'
import { sendInstances, type InstanceToSend } from './send-instances.ts'

/** The server and the limits of requests. Plain data, unless it contains a function. */
export interface WriterOptions extends ServerSettings {
  /**
   * Most bytes of instances in one request, and of an instance that is held in memory. A larger one is streamed.
   * Default 8 MiB.
   */
  readonly maxRequestBytes?: number | undefined
  /** Most instances in one request. Default 32. */
  readonly maxRequestInstances?: number | undefined
  /** Most requests at a time in each lane. Default 2. */
  readonly concurrency?: number | undefined
  /** Attempts at a request, including the first. Default 8. */
  readonly maxAttempts?: number | undefined
  /** Pause before the second attempt in milliseconds. It doubles with each attempt. Default 500. */
  readonly retryDelayMs?: number | undefined
  /** How messages show paths. Default: unchanged. */
  readonly mask?: PathMask | undefined
}

/** Most bytes of a signed request, because AHI accepts no more. */
const maxSignedBytes = 2 ** 30

/**
 * Creates the writer that stores instances at a DICOMweb server. It sends nothing before the first instance.
 *
 * @example
 * import { createFileWriter } from '@ahi-dicom/exporter-dicomweb/lane'
 *
 * const writer = createFileWriter({ url: 'https://pacs.example/dicom-web' })
 * const chunks = instance.part10()
 * await writer.write({ path: '1.2.3.dcm', format: 'dcm', mediaType: 'application/dicom', chunks })
 */
export function createDicomwebWriter(options: WriterOptions): FileWriter {
  const { url, maxRequestBytes = 8 * 2 ** 20, maxRequestInstances = 32, concurrency = 2, mask = [] } = options
  const { maxAttempts = 8, retryDelayMs: firstDelayMs = 500 } = options
  const connection = createServerConnection({ settings: options, maxConnections: concurrency })
  const sender = { url, connection, retry: { maxAttempts, firstDelayMs }, failuresInARow: 0 }
  const requests = createLimiter(concurrency)
  const batches = createBatches({ maxByteLength: maxRequestBytes, maxInstances: maxRequestInstances }, (instances) => {
    const task = send(instances).finally(() => running.delete(task))
    running.add(task)
  })
  const pool = createBlockPool((concurrency + 1) * maxRequestBytes, () => batches.send())
  const maxByteLength = connection.needsWholeBody ? maxSignedBytes : maxRequestBytes
  const running = new Set<Promise<void>>()

  async function send(instances: readonly InstanceToSend[]): Promise<void> {
    const place = await requests.reserve(1)
    try {
      const pending = instances.filter(({ signal }) => signal?.aborted !== true)
      if (pending.length > 0) await sendInstances(sender, pending, signalOfAll(pending))
    } finally {
      place.release()
      for (const { held } of instances) held.release()
    }
  }

  async function hold({ path, chunks }: OutputFile): Promise<HeldInstance> {
    try {
      return await holdInstance(chunks, { pool, maxByteLength })
    } catch (error) {
      if (error instanceof UnreadableFileError) throw unreadable(url, maskPath(path, mask), error)
      throw error
    }
  }

  async function store(file: OutputFile, signal: AbortSignal | undefined): Promise<StoredFile> {
    const path = maskPath(file.path, mask)
    const read = batches.reading()
    try {
      const held = await hold(file)
      if (held.rest !== undefined && connection.needsWholeBody) {
        held.release()
        const { sopInstanceUid, transferSyntaxUid } = held
        throw unsignableInstance({ sopInstanceUid, transferSyntaxUid, path, url }, maxSignedBytes)
      }
      const { promise, resolve, reject } = Promise.withResolvers<StoredFile>()
      const stored = (answer: DestinationAnswer): void => resolve({ path: file.path, ...held.digest(), answer })
      batches.add({ held, path, signal, stored, failed: reject })
      read()
      return await promise
    } finally {
      read()
    }
  }

  return {
    async write(file, { signal } = {}) {
      signal?.throwIfAborted()
      return await untilAborted(store(file, signal), signal)
    },
    // A server has no files to remove: stored instances stay.
    async remove() {},
    async close() {
      batches.send()
      await Promise.all(running)
      connection.close()
    },
  }
}

/** Returns a signal that aborts when no caller waits for a request any more. */
function signalOfAll(instances: readonly InstanceToSend[]): AbortSignal {
  const signals = new Set(instances.map(({ signal }) => signal))
  const [first] = signals
  if (signals.size === 1 && first !== undefined) return first
  const controller = new AbortController()
  for (const signal of signals) {
    signal?.addEventListener('abort', () => {
      signals.delete(signal)
      if (signals.size === 0) controller.abort(signal.reason)
    })
  }
  return controller.signal
}

function unreadable(url: string, path: string, cause: UnreadableFileError): OutputError {
  const message = `Cannot store "${path}" at "${url}": ${cause.message}; a DICOMweb server accepts only DICOM`
  return new OutputError('OUTPUT_FILE_REFUSED', message, { path, cause })
}
