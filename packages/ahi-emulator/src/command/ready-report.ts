import type { ImportReport, ImportWarning, RejectedFile } from '../import/import-report.ts'
import type { EmulatorConnection } from './connection-help.ts'

/** What a command says as JSON once its emulator answers. */
export interface ReadyReport {
  readonly endpoint: string
  readonly datastoreId: string
  /** Files that were imported at the start. */
  readonly imported: number
  readonly rejected: readonly RejectedFile[]
  readonly warnings: readonly ImportWarning[]
}

/** Returns what a command says as JSON once its emulator answers. Without a report, nothing was imported. */
export function readyReport(
  { endpoint, datastoreId }: EmulatorConnection,
  { imported = 0, rejected = [], warnings = [] }: Partial<ImportReport> = {},
): ReadyReport {
  return { endpoint, datastoreId, imported, rejected, warnings }
}

/** Returns a message for each file that was not imported, and for each warning. They quote names and texts of files. */
export function importMessages({ rejected, warnings }: ImportReport): readonly string[] {
  return [
    ...rejected.map(({ file, reason }) => `not imported: ${file}: ${reason}`),
    ...warnings.map(({ file, message }) => `imported with a warning: ${file}: ${message}`),
  ]
}
