import type { Log } from './log.ts'
import { formatProgressLine, formatProgressSentence, shareDone, type ProgressState } from './progress-text.ts'

/** Shows how a job proceeds. */
export interface Progress extends Disposable {
  readonly update: (state: Omit<ProgressState, 'elapsedMs'>) => void
  /** Writes a line of its own, without disturbing the progress. */
  readonly line: (text: string) => void
  /** Takes the line of progress away until the next update, because something else is printed. */
  readonly clear: () => void
  /** Takes the line of progress away until the function that it returns is called, because a question stands there. */
  readonly hold: () => () => void
}

/** Options of {@link createProgress}. */
export interface ProgressOptions {
  /** Columns of the terminal at this moment; `undefined` where lines cannot be redrawn: plain lines then. */
  readonly columns: () => number | undefined
  /** Writes to standard error. */
  readonly write: (text: string) => void
  /** Milliseconds of a steady clock. Default `performance.now`. */
  readonly now?: () => number
}

/** Redrawing faster than this is work that no eye sees. */
const redrawMs = 100
const plainLineMs = 5000
const plainLineShare = 0.1
const clearLine = '\r\u{1B}[K'

/** Returns the progress for the place where it shows: one redrawn line on a terminal, a line now and then elsewhere. */
export function createProgress(options: ProgressOptions): Progress {
  return options.columns() === undefined ? createPlainProgress(options) : createLiveProgress(options)
}

/** Returns a progress that a log in JSON has now and then. */
export function createLogProgress(log: Log, { write, now }: Omit<ProgressOptions, 'columns'>): Progress {
  const tell = (state: ProgressState): void => {
    log.info(formatProgressSentence(state), { event: 'progress', ...state })
  }
  return { ...createSteppedProgress(tell, now), line: (text) => write(`${text}\n`) }
}

/** Returns a progress that shows nothing but its lines. */
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

/** Tells of a job now and then, and when a tenth of it is done. */
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
