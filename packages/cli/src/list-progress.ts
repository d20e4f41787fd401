import type { Log } from './log.ts'
import type { GlobalOptions } from './options/global-options.ts'
import { formatCount } from './quantities.ts'
import { cutTo } from './table.ts'
import type { Terminal } from './terminal.ts'

/** Shows on a terminal how many items of a list have been found. */
export interface ListProgress extends Disposable {
  update(state: { readonly found: number; readonly read: number }): void
  /** Clears the line so that other text can be printed. */
  clear(): void
}

const redrawMs = 100

/** The part of a command's context that shows the progress of a list. */
interface ListProgressPlace {
  readonly terminal: Pick<Terminal, 'message' | 'messageColumns'>
  readonly global: Pick<GlobalOptions, 'progress'>
  readonly log: Pick<Log, 'shows'>
}

/** Returns the progress of a list. It shows one line on a terminal, and nothing elsewhere. */
export function createListProgress(
  { terminal, global, log }: ListProgressPlace,
  now: () => number = steadyNow,
): ListProgress {
  const isShown = global.progress && log.shows('info') && terminal.messageColumns() !== undefined
  let drawnAt = now()
  let isDrawn = false

  function clear(): void {
    if (isDrawn) terminal.message('\r\u{1B}[K')
    isDrawn = false
  }

  return {
    update({ found, read }) {
      if (!isShown || now() - drawnAt < redrawMs) return
      drawnAt = now()
      isDrawn = true
      const documents = read === 0 ? '' : `, ${formatCount(read, 'metadata document')} read`
      const room = Math.max(1, (terminal.messageColumns() ?? 80) - 1)
      terminal.message(`\r${cutTo(`${found} found${documents}`, room)}\u{1B}[K`)
    },
    clear,
    [Symbol.dispose]: clear,
  }
}

function steadyNow(): number {
  return performance.now()
}
