import { once } from 'node:events'
import {
  connectionHelp,
  importMessages,
  loadFaultRules,
  parseAccessKey,
  readyReport,
  startEmulator,
  type AuthenticationOptions,
  type Emulator,
  type ImportReport,
} from '@ahi-dicom/ahi-emulator'
import type { CommandContext } from '../command-context.ts'
import { NothingSelectedError, UsageError } from '../errors.ts'
import { exitCodes, type ExitCode } from '../exit-codes.ts'
import { printJsonLine } from '../json-line.ts'
import { formatCount } from '../quantities.ts'
import { temporaryFolder } from '../temporary-folder.ts'

/** Options of `emulate`. */
export interface EmulateOptions {
  readonly data?: string
  readonly import?: readonly string[]
  readonly port?: number
  readonly host?: string
  readonly accessKey?: readonly string[]
  readonly bearerToken?: readonly string[]
  readonly s3Endpoint?: string
  readonly quotas?: boolean
  readonly faults?: string
}

/**
 * Runs an AHI emulator until SIGINT or SIGTERM, then returns exit code 0. Once it answers, prints its endpoint and how to
 * connect clients.
 */
export async function emulate(options: EmulateOptions, context: CommandContext): Promise<ExitCode> {
  const { terminal, global, log, signal } = context
  await using folder = options.data === undefined ? await temporaryFolder('ahi-emulator-') : undefined
  const data = options.data ?? folder?.path ?? ''
  await using emulator = await start(data, options, global.region)
  const report = await importPaths(emulator, options.import ?? [], context)
  if (global.json === true) await printJsonLine(terminal, readyReport(emulator, report))
  else
    await terminal.print(
      readyText(emulator, {
        data: folder === undefined ? data : `${data} (temporary: removed when the emulator stops)`,
        region: global.region,
      }),
    )
  if (!signal.aborted) await once(signal, 'abort')
  log.info('stopping the emulator')
  return exitCodes.ok
}

async function start(data: string, options: EmulateOptions, region: string | undefined): Promise<Emulator> {
  const { port, host, quotas } = options
  const s3 = options.s3Endpoint === undefined ? undefined : { endpoint: options.s3Endpoint }
  try {
    const faults = options.faults === undefined ? undefined : await loadFaultRules(options.faults)
    return await startEmulator({
      data,
      port,
      host,
      region,
      s3,
      quotas,
      authentication: authentication(options),
      faults,
    })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    if (error.code === 'FAULT_RULES_INVALID') throw new UsageError(error.message)
    if (error.code !== 'EADDRINUSE') throw error
    throw new UsageError(
      `Cannot listen on port ${port}: it is in use; give another --port, or leave it out to use any free port`,
    )
  }
}

function authentication({ accessKey = [], bearerToken = [] }: EmulateOptions): AuthenticationOptions | undefined {
  if (accessKey.length + bearerToken.length === 0) return undefined
  try {
    return { keys: accessKey.map(parseAccessKey), bearerTokens: bearerToken }
  } catch (error) {
    throw error instanceof TypeError ? new UsageError(error.message) : error
  }
}

async function importPaths(
  emulator: Emulator,
  paths: readonly string[],
  { log }: CommandContext,
): Promise<ImportReport | undefined> {
  if (paths.length === 0) return undefined
  log.info(`importing ${paths.join(', ')}`)
  const report = await emulator.importDicom(paths)
  for (const message of importMessages(report)) log.warn(message)
  if (report.imported === 0) {
    throw new NothingSelectedError(
      `Cannot import ${paths.join(', ')}: none of ${formatCount(report.rejected.length, 'file')} could be imported; the reasons are above`,
    )
  }
  const warned = new Set(report.warnings.map(({ file }) => file)).size
  const withWarnings = warned === 0 ? '' : `, ${warned} of them with a warning`
  log.info(`${formatCount(report.imported, 'file')} imported${withWarnings}, ${report.rejected.length} rejected`)
  return report
}

function readyText(
  { endpoint, datastoreId }: Emulator,
  { data, region }: { readonly data: string; readonly region: string | undefined },
): string {
  return `AHI emulator at ${endpoint}
  data store  ${datastoreId}
  data        ${data}

This command:
  ahi-dicom search --endpoint-url ${endpoint} --datastore-id ${datastoreId}
${connectionHelp({ endpoint, datastoreId, region })}
Press Ctrl-C to stop it.
`
}
