import { requireOptions } from '../decode/decode-frame.ts'
import { pixelsByteLength } from '../decode/decoded-frame.ts'
import { CodeStreamError, DecodeTimeoutError, DecoderPoolError } from '../errors.ts'
import { readFrameHeader } from '../headers/frame-header.ts'
import { createIdleBuffers } from '../memory/idle-buffers.ts'
import { readSettings } from './settings.ts'
import { createThreads } from './threads.ts'
import type { DecodedFrame } from '../decode/decoded-frame.ts'
import type { IdleBuffers } from '../memory/idle-buffers.ts'
import type { DecodeOutcome, DecodeTask } from '../worker.ts'
import type { DecoderPoolOptions } from './settings.ts'

/** Options of {@link DecoderPool.decode}. */
export interface PoolDecodeOptions {
  /** Rejects the frame when it aborts. A frame that is being decoded is finished, and its result is dropped. */
  readonly signal?: AbortSignal | undefined
  /** Number of resolutions to discard, see {@link DecodeOptions}. */
  readonly discardLevels?: number | undefined
}

/** A pool of threads that decode frames. */
export interface DecoderPool extends AsyncDisposable {
  /** Most threads. */
  readonly threads: number
  /**
   * Decodes a code stream as {@link decodeFrame} does. Any number of calls may be pending; frames start in the order of
   * the calls. Bytes that fill their ArrayBuffer are transferred, so do not use them afterwards.
   *
   * @throws {CodeStreamError} if the code stream is damaged, cut short, or not supported by this package
   * @throws {DecodeTimeoutError} if the frame takes longer than `timeoutMs`
   * @throws {DecoderPoolError} if a thread cannot run, or the pool is closed
   */
  decode(codeStream: Uint8Array<ArrayBuffer>, options?: PoolDecodeOptions): Promise<DecodedFrame>
  /** Starts the threads before the first frame. Otherwise the first frames start them. */
  prepare(): void
  /**
   * Takes back the pixels of a frame that is no longer needed, for a later frame of the same size. This saves the time
   * to allocate and collect memory. The array is empty afterwards.
   */
  recycle(pixels: Uint8Array<ArrayBuffer>): void
  /** Ends the threads. Pending frames are rejected. */
  close(): Promise<void>
}

/** Most bytes of unused buffers. Frames are recycled one by one, so a few buffers serve all threads. */
const maxIdleByteLength = 4 * 1024 * 1024

/** A frame from the call of `decode` to its end. */
interface Job {
  readonly codeStream: Uint8Array<ArrayBuffer>
  readonly options: DecodeTask['options']
  readonly resolve: (frame: DecodedFrame) => void
  readonly reject: (error: unknown) => void
  /** Removes the frame from piscina, and ends the thread that decodes it. */
  readonly cancel: AbortController
}

/**
 * Creates a pool. Threads start with frames and end without work, so an unused pool costs nothing.
 *
 * @example
 * import { createDecoderPool } from '@ahi-dicom/htj2k-decoder'
 *
 * await using pool = createDecoderPool({ threads: 2 })
 * const { width, height, checksum } = await pool.decode(codeStream)
 * console.log(width, height, checksum)
 */
export function createDecoderPool(options: DecoderPoolOptions = {}): DecoderPool {
  const settings = readSettings(options)
  const waiting = new Set<Job>()
  const running = new Set<Job>()
  const idle = createIdleBuffers(maxIdleByteLength)
  const threads = createThreads(settings, (cause) =>
    rejectAll(new DecoderPoolError('DECODER_WORKER_FAILED', 'its thread could not start', { cause })),
  )
  let closing: Promise<void> | undefined

  function rejectAll(error: DecoderPoolError): void {
    for (const job of [...waiting, ...running]) {
      waiting.delete(job)
      job.reject(error)
      job.cancel.abort()
    }
  }

  /** Passes one frame per thread to piscina. Frames in piscina's own queue would be stuck if all threads fail. */
  function fill(): void {
    for (const job of waiting) {
      if (running.size >= settings.threads) return
      waiting.delete(job)
      running.add(job)
      void run(job)
        .then(job.resolve, job.reject)
        .finally(() => {
          running.delete(job)
          fill()
        })
    }
  }

  async function run(job: Job): Promise<DecodedFrame> {
    const { byteLength } = job.codeStream
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      job.cancel.abort()
    }, settings.timeoutMs)
    try {
      const target = takeTarget(idle, job)
      const task: DecodeTask = { codeStream: wholeBuffer(job.codeStream), options: job.options, target }
      const transferList = [task.codeStream.buffer, ...(target === undefined ? [] : [target])]
      return frameOf(await threads.run(task, { transferList, signal: job.cancel.signal }), byteLength)
    } catch (cause) {
      if (cause instanceof CodeStreamError) throw cause
      if (isLate) throw new DecodeTimeoutError({ byteLength, timeoutMs: settings.timeoutMs })
      throw new DecoderPoolError('DECODER_WORKER_FAILED', 'its thread failed; decode the frame again', { cause })
    } finally {
      clearTimeout(timer)
    }
  }

  async function decode(codeStream: Uint8Array<ArrayBuffer>, { signal, discardLevels }: PoolDecodeOptions = {}) {
    signal?.throwIfAborted()
    const options = { discardLevels, maxFrameByteLength: settings.maxFrameByteLength }
    requireOptions(options)
    if (closing !== undefined) throw new DecoderPoolError('DECODER_POOL_CLOSED', 'the pool is closed')
    const { promise, resolve, reject } = Promise.withResolvers<DecodedFrame>()
    const job: Job = { codeStream, options, resolve, reject, cancel: new AbortController() }
    const giveUp = (): void => {
      waiting.delete(job)
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', giveUp, { once: true })
    waiting.add(job)
    fill()
    return promise.finally(() => signal?.removeEventListener('abort', giveUp))
  }

  function prepare(): void {
    if (closing === undefined) threads.prepare()
  }

  function recycle({ buffer, byteLength }: Uint8Array<ArrayBuffer>): void {
    if (byteLength === buffer.byteLength) idle.give(buffer)
  }

  function close(): Promise<void> {
    closing ??= threads.close()
    rejectAll(new DecoderPoolError('DECODER_POOL_CLOSED', 'the pool was closed before the frame was decoded'))
    return closing
  }

  return { threads: settings.threads, decode, prepare, recycle, close, [Symbol.asyncDispose]: close }
}

/** Returns a recycled buffer for the pixels, if the header of the frame gives their length. */
function takeTarget(idle: IdleBuffers, { codeStream, options }: Job): ArrayBuffer | undefined {
  const header = options.discardLevels ? undefined : readFrameHeader(codeStream)
  return header === undefined || header.kind === 'jpeg-xl' ? undefined : idle.take(pixelsByteLength(header))
}

/** Returns the bytes, or a copy of them if their buffer holds other bytes too. */
function wholeBuffer(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return bytes.byteLength === bytes.buffer.byteLength && bytes.buffer instanceof ArrayBuffer ? bytes : bytes.slice()
}

function frameOf(outcome: DecodeOutcome, byteLength: number): DecodedFrame {
  if ('frame' in outcome) return outcome.frame
  throw new CodeStreamError(outcome.failure.code, { byteLength, why: outcome.failure.why })
}
