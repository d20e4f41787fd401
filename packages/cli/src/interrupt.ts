import { InterruptedError } from './errors.ts'

/** The part of `process` that `watchInterrupts` uses. */
export interface SignalSource {
  on(event: 'SIGINT' | 'SIGTERM', listener: (signal: string) => void): unknown
  off(event: 'SIGINT' | 'SIGTERM', listener: (signal: string) => void): unknown
}

/** Options of `watchInterrupts`. */
export interface InterruptOptions {
  /** Called once, at the first interrupt. */
  readonly onFirst?: () => void
  /** Called at the second interrupt. Ends the process. */
  readonly onSecond: () => void
  /** Milliseconds of a steady clock. Default `performance.now`. */
  readonly now?: () => number
}

/** The `AbortSignal` of a job. Disposing of it stops listening to the process. */
export interface Interrupts extends Disposable {
  readonly signal: AbortSignal
}

/**
 * Milliseconds within which a second signal counts as the first one. npm and npx send their child the SIGINT that the
 * terminal has already sent to it.
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
      // After an interrupt the process is about to end. Without a listener, another signal would change its exit code.
      if (firstAt !== undefined) return
      source.off('SIGINT', listener)
      source.off('SIGTERM', listener)
    },
  }
}
