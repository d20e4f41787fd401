import type { Log } from './log.ts'
import { formatProgressLine, formatProgressSentence, shareDone, type ProgressState } from './progress-text.ts'

/** Shows the progress of a job. */
export interface Progress extends Disposable {
  readonly update: (state: Omit<ProgressState, 'elapsedMs'>) => void
  /** Writes a line of text above the progress. */
  readonly line: (text: string) => void
  /** Removes the progress until the next update, so that other text can be printed. */
  readonly clear: () => void
  /** Removes the progress while the user is asked a question. The returned function shows it again. */
  readonly hold: () => () => void
}

/** Options of {@link createProgress}. */
export interface ProgressOptions {
  /** Returns the current width of the terminal, or `undefined` if lines cannot be redrawn. */
  readonly columns: () => number | undefined
  /** Writes to standard error. */
  readonly write: (text: string) => void
  /** Milliseconds of a steady clock. Default `performance.now`. */
  readonly now?: () => number
}

/** Shortest time between two redraws. */
const redrawMs = 100
const plainLineMs = 5000
const plainLineShare = 0.1
const clearLine = '\r\u{1B}[K'

/** Returns a progress that redraws one line on a terminal, and writes a line every few seconds elsewhere. */
export function createProgress(options: ProgressOptions): Progress {
  return options.columns() === undefined ? createPlainProgress(options) : createLiveProgress(options)
}

/** Returns a progress that logs a `progress` event every few seconds. */
export function createLogProgress(log: Log, { write, now }: Omit<ProgressOptions, 'columns'>): Progress {
  const tell = (state: ProgressState): void => {
    log.info(formatProgressSentence(state), { event: 'progress', ...state })
  }
  return { ...createSteppedProgress(tell, now), line: (text) => write(`${text}\n`) }
}

/** Returns a progress that writes the lines it is given and nothing else. */
export function createSilentProgress(write: (text: string) => void): Progress {
  return { update() {}, line: (text) => write(`${text}\n`), clear() {}, hold: () => ignore, [Symbol.dispose]() {} }
}

function createLiveProgress({ columns, write, now = steadyNow }: ProgressOptions): Progress {
  const startedAt = now()
  let latest: Omit<ProgressState, 'elapsedMs'> | undefined
  let drawnAt = -Infinity
  let drawn = false
  let isHeld = false
  const draw = (): void => {
    if (latest === undefined || isHeld) return
    drawnAt = now()
    drawn = true
    const room = Math.max(1, (columns() ?? 80) - 1)
    write(`\r${formatProgressLine({ ...latest, elapsedMs: drawnAt - startedAt }, room)}\u{1B}[K`)
  }
  const clear = (): void => {
    if (drawn) write(clearLine)
    drawn = false
  }
  const clock = setInterval(draw, 1000)
  clock.unref()
  return {
    update(state) {
      latest = state
      if (now() - drawnAt >= redrawMs) draw()
    },
    line(text) {
      clear()
      write(`${text}\n`)
      draw()
    },
    clear,
    hold() {
      clear()
      isHeld = true
      return () => {
        isHeld = false
      }
    },
    [Symbol.dispose]() {
      clearInterval(clock)
      latest = undefined
      clear()
    },
  }
}

function createPlainProgress({ write, now }: ProgressOptions): Progress {
  const tell = (state: ProgressState): void => write(`ahi-dicom: ${formatProgressSentence(state)}\n`)
  return { ...createSteppedProgress(tell, now), line: (text) => write(`${text}\n`) }
}

/** Calls `tell` every five seconds, and for each further tenth that is done, but not twice within one second. */
function createSteppedProgress(tell: (state: ProgressState) => void, now = steadyNow): Omit<Progress, 'line'> {
  const startedAt = now()
  let writtenAt = startedAt
  let writtenShare = 0
  return {
    update(state) {
      const current = { ...state, elapsedMs: now() - startedAt }
      const share = shareDone(current) ?? 0
      const sinceMs = now() - writtenAt
      const isStep = share - writtenShare >= plainLineShare && sinceMs >= plainLineMs / 5
      if (share === 1 || !(isStep || sinceMs >= plainLineMs)) return
      writtenAt = now()
      writtenShare = share
      tell(current)
    },
    clear() {},
    hold: () => ignore,
    [Symbol.dispose]() {},
  }
}

function ignore(): void {}

function steadyNow(): number {
  return performance.now()
}
