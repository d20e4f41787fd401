import { availableParallelism } from 'node:os'
import { requireOptions } from '../decode/decode-frame.ts'

/** Options of {@link createDecoderPool}. */
export interface DecoderPoolOptions {
  /** Most threads. They start as frames come. Default: one per core, because decoding keeps a core busy. */
  readonly threads?: number | undefined
  /**
   * Longest time of one frame in milliseconds, including the start of its thread. Default 30 000, a thousand times as
   * long as usual frames take.
   */
  readonly timeoutMs?: number | undefined
  /** Time in milliseconds until a thread without work ends and frees its memory. Default 5 000. */
  readonly idleTimeoutMs?: number | undefined
  /** Most bytes of the samples of a frame. Default 512 MiB, see {@link DecodeOptions}. */
  readonly maxFrameByteLength?: number | undefined
  /** Module that the threads run. Default: the export `./worker` of this package. Set it if that is bundled. */
  readonly workerUrl?: string | URL | undefined
}

/** Options of a pool with their defaults. */
export interface PoolSettings {
  readonly threads: number
  readonly timeoutMs: number
  readonly idleTimeoutMs: number
  readonly maxFrameByteLength: number | undefined
  readonly workerUrl: string
}

const defaultTimeoutMs = 30_000
const defaultIdleTimeoutMs = 5_000

/**
 * Returns the options of a pool, with defaults in place of those left out.
 *
 * @throws {TypeError} if an option is invalid
 */
export function readSettings(options: DecoderPoolOptions): PoolSettings {
  const { threads = availableParallelism(), timeoutMs = defaultTimeoutMs } = options
  const { idleTimeoutMs = defaultIdleTimeoutMs, maxFrameByteLength } = options
  const workerUrl = String(options.workerUrl ?? import.meta.resolve('@ahi-dicom/htj2k-decoder/worker'))
  if (!Number.isInteger(threads) || threads < 1) throw expected('threads', 'a positive integer', threads)
  if (!(timeoutMs > 0)) throw expected('timeoutMs', 'a positive number', timeoutMs)
  if (!(idleTimeoutMs >= 0)) throw expected('idleTimeoutMs', 'a number of at least 0', idleTimeoutMs)
  requireOptions({ maxFrameByteLength })
  return { threads, timeoutMs, idleTimeoutMs, maxFrameByteLength, workerUrl }
}

function expected(option: string, form: string, value: unknown): TypeError {
  return new TypeError(`Expected the \`${option}\` option to be ${form}, got \`${String(value)}\``)
}
