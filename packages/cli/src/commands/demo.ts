import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAhiClient, type ImageSetSummary } from '@ahi-dicom/ahi-client'
import { generateStudy, startEmulator } from '@ahi-dicom/ahi-emulator'
import { createExporter, type ExportSummary } from '@ahi-dicom/exporter'
import { directorySink, verifyDirectory, type VerificationSummary } from '@ahi-dicom/exporter-fs'
import type { CommandContext } from '../command-context.ts'
import { emulatorConnection } from '../connection.ts'
import { exitCodes, type ExitCode } from '../exit-codes.ts'
import { exportExitCode } from '../export-summary.ts'
import { printJsonLine } from '../json-line.ts'
import { formatBytes, formatCount, formatSeconds } from '../quantities.ts'
import { temporaryFolder } from '../temporary-folder.ts'

/** Options of `demo`. */
export interface DemoOptions {
  readonly out?: string
}
