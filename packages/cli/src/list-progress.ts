import type { CommandContext } from './command-context.ts'
import { formatCount } from './quantities.ts'
import { cutTo } from './table.ts'

/** Shows on a terminal how a list proceeds. */
export interface ListProgress extends Disposable {
  update(state: { readonly found: number; readonly read: number }): void
  /** Clears the line, so that something else can be printed. */
  clear(): void
}

const redrawMs = 100

/** Returns the progress of a list: a line on a terminal, nothing elsewhere. */
export function createListProgress({
  terminal,
  global,
  log,
}: Pick<CommandContext, 'terminal' | 'global' | 'log'>): ListProgress {
  const isShown = global.progress && log.shows('info') && terminal.messageColumns() !== undefined
  let drawnAt = performance.now()
  let isDrawn = false

  function clear(): void {
    if (isDrawn) terminal.message('\r\u{1B}[K')
    isDrawn = false
  }

  return {
    update({ found, read }) {
      if (!isShown || performance.now() - drawnAt < redrawMs) return
      drawnAt = performance.now()
      isDrawn = true
      const documents = read === 0 ? '' : `, ${formatCount(read, 'metadata document')} read`
      const room = Math.max(1, (terminal.messageColumns() ?? 80) - 1)
      terminal.message(`\r${cutTo(`${found} found${documents}`, room)}\u{1B}[K`)
    },
    clear,
    [Symbol.dispose]: clear,
  }
}
