import type { ImportReport, ImportWarning, RejectedFile } from '../import/import-report.ts'
import type { EmulatorConnection } from './connection-help.ts'

/** The JSON that a command prints when its emulator is ready. */
export interface ReadyReport {
  readonly endpoint: string
  readonly datastoreId: string
  /** Number of files that were imported at the start. */
  readonly imported: number
  readonly rejected: readonly RejectedFile[]
  readonly warnings: readonly ImportWarning[]
}

/**
 * Returns the JSON that a command prints when its emulator is ready. Omit the import report if nothing was imported.
 *
 * @example
 * import { readyReport, startEmulator } from '@ahi-dicom/ahi-emulator'
 *
 * await using ahi = await startEmulator()
 * const imported = await ahi.importDicom('CT0001.dcm')
 * console.log(JSON.stringify(readyReport(ahi, imported)))
 */
export function readyReport(
  { endpoint, datastoreId }: EmulatorConnection,
  { imported = 0, rejected = [], warnings = [] }: Partial<ImportReport> = {},
): ReadyReport {
  return { endpoint, datastoreId, imported, rejected, warnings }
}

/**
 * Returns a message for each rejected file and for each warning. Messages quote names and texts of files: escape them
 * for a terminal.
 *
 * @example
 * import { importMessages, startEmulator } from '@ahi-dicom/ahi-emulator'
 *
 * await using ahi = await startEmulator()
 * const report = await ahi.importDicom('CT0001.dcm')
 * for (const message of importMessages(report)) console.error(message)
 */
export function importMessages({ rejected, warnings }: ImportReport): readonly string[] {
  return [
    ...rejected.map(({ file, reason }) => `not imported: ${file}: ${reason}`),
    ...warnings.map(({ file, message }) => `imported with a warning: ${file}: ${message}`),
  ]
}
