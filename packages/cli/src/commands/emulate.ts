import { once } from 'node:events'
import { startEmulator, type Emulator, type ImportReport } from '@ahi-dicom/ahi-emulator'
import type { CommandContext } from '../command-context.ts'
import { NothingSelectedError, UsageError } from '../errors.ts'
import { exitCodes, type ExitCode } from '../exit-codes.ts'
import { printJsonLine } from '../json-line.ts'
import { formatCount } from '../quantities.ts'
import { printable } from '../table.ts'
import { temporaryFolder } from '../temporary-folder.ts'

/** Options of `emulate`. */
export interface EmulateOptions {
  readonly data?: string
  readonly import?: readonly string[]
  readonly port?: number
}

/**
 * Runs a local AHI until SIGINT or SIGTERM, which is its regular end: exit code 0. Prints what clients need once it
 * answers.
 */
export async function emulate(options: EmulateOptions, context: CommandContext): Promise<ExitCode> {
  const { terminal, global, log, signal } = context
  await using folder = options.data === undefined ? await temporaryFolder('ahi-emulator-') : undefined
  const data = options.data ?? folder?.path ?? ''
  await using emulator = await start(data, options.port)
  const report = await importPaths(emulator, options.import ?? [], context)
  if (global.json === true) await printJsonLine(terminal, readyLine(emulator, report))
  else
    await terminal.print(readyText(emulator, folder === undefined ? data : `${data} (temporary: removed at the end)`))
  if (!signal.aborted) await once(signal, 'abort')
  log.info('the emulator stops')
  return exitCodes.ok
}

async function start(data: string, port: number | undefined): Promise<Emulator> {
  try {
    return await startEmulator({ data, port })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
    throw new UsageError(`Cannot listen on port ${port}: it is in use; give another --port, or none for a free one`)
  }
}

async function importPaths(
  emulator: Emulator,
  paths: readonly string[],
  { log }: CommandContext,
): Promise<ImportReport | undefined> {
  if (paths.length === 0) return undefined
  log.info(`importing ${paths.map(printable).join(', ')}`)
  const report = await emulator.importDicom(paths)
  for (const { file, reason } of report.rejected) log.warn(`not imported: ${printable(file)}: ${printable(reason)}`)
  if (report.imported === 0) {
    throw new NothingSelectedError(
      `Cannot import ${paths.join(', ')}: none of ${formatCount(report.rejected.length, 'file')} could be imported; the reasons are above`,
    )
  }
  log.info(`${formatCount(report.imported, 'file')} imported, ${report.rejected.length} rejected`)
  return report
}

/** The one line of `--json`. */
function readyLine({ endpoint, datastoreId }: Emulator, report: ImportReport | undefined): object {
  return { endpoint, datastoreId, imported: report?.imported ?? 0, rejected: report?.rejected ?? [] }
}

function readyText({ endpoint, datastoreId }: Emulator, data: string): string {
  return `AHI emulator at ${endpoint}
  data store  ${datastoreId}
  data        ${data}

With this command:
  ahi-dicom search --endpoint-url ${endpoint} --datastore-id ${datastoreId}

With the AWS CLI, boto3 or an AWS SDK:
  export AWS_ENDPOINT_URL_MEDICAL_IMAGING=${endpoint}
  export AWS_DISABLE_HOST_PREFIX_INJECTION=true
  export AWS_ACCESS_KEY_ID=emulator AWS_SECRET_ACCESS_KEY=emulator AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1
  aws medical-imaging search-image-sets --datastore-id ${datastoreId}
In JavaScript, new MedicalImagingClient({ endpoint, disableHostPrefix: true }).

Ctrl-C ends it.
`
}
