import { createExporter } from '@ahi-dicom/exporter'
import type { CommandContext } from '../command-context.ts'
import { NothingSelectedError } from '../errors.ts'
import { exitCodes, type ExitCode } from '../exit-codes.ts'
import { printJsonLine } from '../json-line.ts'
import { formatTable, type TableColumn } from '../table.ts'

/** Options of `series`. */
export interface SeriesOptions {
  readonly study: string
  readonly includeNonPrimary?: true
}
