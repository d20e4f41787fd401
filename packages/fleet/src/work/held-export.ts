import type { ExportSummary, OpenExport } from '@ahi-dicom/exporter'

/** The open export of a run, which is there while jobs need it. */
export interface HeldExport {
  /** Whether it could not be opened, or has ended by itself. It is not opened again. */
  readonly hasEnded: boolean
  /** Lends the export, opened if it is not. Give it back when the job is over. */
  lend(): Promise<LentExport>
  /** Notes that the export has ended by itself. Its calls end soon. */
  noteEnd(): void
  /** Closes the export if no job has needed it for so long. */
  closeIdle(idleMs: number): Promise<void>
  /**
   * Closes the export for good; jobs that it was lent for are cut short. The summary tells why it has ended, if it has by
   * itself. Undefined if it was not open.
   */
  close(): Promise<ExportSummary | undefined>
}

/** An export that a job uses. */
interface LentExport extends Disposable {
  readonly exporting: OpenExport
}

/** Options of {@link createHeldExport}. */
export interface HeldExportOptions {
  readonly open: () => Promise<OpenExport>
  /** Told once if the export ends by itself, or with the error if it cannot be opened. */
  readonly onEnded: (error?: unknown) => void
}

/** Makes an export that is not open. */
export function createHeldExport({ open, onEnded }: HeldExportOptions): HeldExport {
  let opening: Promise<OpenExport> | undefined
  let closing: Promise<ExportSummary | undefined> | undefined
  let last: Promise<ExportSummary | undefined> | undefined
  let hasEnded = false
  let users = 0
  let usedAt = performance.now()

  function end(error?: unknown): void {
    if (hasEnded) return
    hasEnded = true
    onEnded(error)
  }

  async function watch({ ended }: OpenExport): Promise<void> {
    await ended
    if (closing === undefined) end()
  }

  async function opened(): Promise<OpenExport> {
    try {
      const exporting = await open()
      void watch(exporting)
      return exporting
    } catch (error) {
      end(error)
      throw error
    }
  }

  async function closed(): Promise<ExportSummary | undefined> {
    // Who waits for the opening learns why it failed.
    const exporting = await opening?.catch(() => undefined)
    opening = undefined
    return await exporting?.close()
  }

  async function closeOnce(): Promise<ExportSummary | undefined> {
    closing ??= closed().finally(() => (closing = undefined))
    return await closing
  }

  return {
    get hasEnded() {
      return hasEnded
    },
    async lend() {
      users += 1
      const giveBack = (): void => {
        users -= 1
        usedAt = performance.now()
      }
      try {
        await closing
        if (hasEnded) throw new TypeError('Cannot lend an export that has ended')
        opening ??= opened()
        return { exporting: await opening, [Symbol.dispose]: giveBack }
      } catch (error) {
        giveBack()
        throw error
      }
    },
    noteEnd: () => end(),
    async closeIdle(idleMs) {
      if (users === 0 && opening !== undefined && performance.now() - usedAt >= idleMs) await closeOnce()
    },
    async close() {
      hasEnded = true
      return await (last ??= closeOnce())
    },
  }
}
