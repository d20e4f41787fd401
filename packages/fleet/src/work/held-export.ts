import type { ExportSummary, OpenExport } from '@ahi-dicom/exporter'

/** The export of a run. It is opened when a job needs it, shared by all jobs, and closed when it is idle. */
export interface HeldExport {
  /** Whether the export was closed for good, ended by itself or could not be opened. It is not opened again. */
  readonly hasEnded: boolean
  /** Returns the export, and opens it if necessary. Dispose the result when the job is done. */
  lend(): Promise<LentExport>
  /** Marks the export as ended by itself. The calls of other jobs will fail soon. */
  noteEnd(): void
  /** Closes the export if no job has used it for `idleMs` milliseconds. The next `lend` opens it again. */
  closeIdle(idleMs: number): Promise<void>
  /**
   * Closes the export for good and cuts short the jobs that use it. Returns its summary, which contains the reason if the
   * export ended by itself. Returns `undefined` if the export was not open.
   */
  close(): Promise<ExportSummary | undefined>
}

/** An export in use by a job. */
interface LentExport extends Disposable {
  readonly exporting: OpenExport
}

/** Options of {@link createHeldExport}. */
export interface HeldExportOptions {
  readonly open: () => Promise<OpenExport>
  /** Called once if the export ends by itself, or with the error if it cannot be opened. */
  readonly onEnded: (error?: unknown) => void
}

/** Creates a held export, which is not open yet. */
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
    // If opening failed, the job that asked for the export gets the error.
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
