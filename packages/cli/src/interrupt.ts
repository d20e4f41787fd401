import { InterruptedError } from './errors.ts'

/** The part of `process` that `watchInterrupts` uses. */
export interface SignalSource {
  on(event: 'SIGINT' | 'SIGTERM', listener: (signal: string) => void): unknown
  off(event: 'SIGINT' | 'SIGTERM', listener: (signal: string) => void): unknown
}

/** Options of `watchInterrupts`. */
export interface InterruptOptions {
  /** Told once, at the first interrupt. */
  readonly onFirst?: () => void
  /** Ends the process: called at the second interrupt. */
  readonly onSecond: () => void
  /** Milliseconds of a steady clock. Default `performance.now`. */
  readonly now?: () => number
}

/** A job's signal, and the way to stop listening. */
export interface Interrupts extends Disposable {
  readonly signal: AbortSignal
}

/**
 * How long a repeated signal counts as the same one: npm and npx pass on to their child the SIGINT that the terminal
 * has already delivered to it.
 */
const sameInterruptMs = 200

/** Aborts a signal with an {@link InterruptedError} at the first SIGINT or SIGTERM, and ends the process at the second. */
export function watchInterrupts(source: SignalSource, options: InterruptOptions): Interrupts {
  const now = options.now ?? (() => performance.now())
  const controller = new AbortController()
  let firstAt: number | undefined
  const listener = (signal: string): void => {
    if (firstAt === undefined) {
      firstAt = now()
      options.onFirst?.()
      controller.abort(new InterruptedError(signal))
    } else if (now() - firstAt > sameInterruptMs) {
      options.onSecond()
    }
  }
  source.on('SIGINT', listener)
  source.on('SIGTERM', listener)
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      // Interrupted, the process is about to end with a code of its own: a later signal must not end it with another.
      if (firstAt !== undefined) return
      source.off('SIGINT', listener)
      source.off('SIGTERM', listener)
    },
  }
}
