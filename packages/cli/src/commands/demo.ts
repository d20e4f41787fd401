import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAhiClient, type ImageSetSummary } from '@ahi-dicom/ahi-client'
import { generateStudy, startEmulator, type Emulator, type ImportReport } from '@ahi-dicom/ahi-emulator'
import { createExporter, type ExportSummary } from '@ahi-dicom/exporter'
import { directorySink, verifyDirectory, type VerificationSummary } from '@ahi-dicom/exporter-fs'
import type { CommandContext } from '../command-context.ts'
import { loopbackConnection } from '../connection.ts'
import { exitCodes, type ExitCode } from '../exit-codes.ts'
import { exportExitCode } from '../export-summary.ts'
import { printJsonLine } from '../json-line.ts'
import { formatBytes, formatCount, formatSeconds } from '../quantities.ts'
import { temporaryFolder } from '../temporary-folder.ts'

/** Options of `demo`. */
export interface DemoOptions {
  readonly out?: string
}

/** Runs the whole way once, on a study of its own, and says what it did and where. */
export async function demo(options: DemoOptions, context: CommandContext): Promise<ExitCode> {
  const { global, terminal } = context
  const directory = options.out ?? (await mkdtemp(join(tmpdir(), 'ahi-dicom-demo-')))
  const say = async (line: string): Promise<void> => {
    if (global.json !== true && global.quiet !== true) await terminal.print(`${line}\n`)
  }
  await using data = await temporaryFolder('ahi-dicom-demo-data-')
  await using emulator = await startEmulator({ data: data.path })
  await say(`1. a local AHI answers at ${emulator.endpoint}`)

  const report = await importStudy(emulator)
  await say(
    `2. a generated study is imported: ${formatCount(report.imported, 'file')}, ${formatCount(report.imageSets.length, 'image set')}`,
  )

  const found = await searchAll(emulator, context)
  await say('3. the search finds')
  for (const { seriesModality, seriesInstanceUid } of found)
    await say(`     ${seriesModality ?? '??'}  ${seriesInstanceUid ?? ''}`)

  const summary = await exportAll(emulator, directory, context)
  await say(`4. exported to DICOM and PNG, every frame checked against its checksum: ${exportedText(summary)}`)

  const verification = await verifyExport(directory, context.signal)
  await say(
    `5. verified again from the disk: ${verification.verified} of ${formatCount(verification.files, 'file')} as the manifest says`,
  )
  await say(`\nIt is in ${directory}: the files of the study, manifest.ndjson and summary.json`)
  if (global.json === true) {
    await printJsonLine(terminal, {
      directory,
      imported: report.imported,
      imageSets: found.length,
      export: summary,
      verification,
    })
  }
  const exported = exportExitCode(summary)
  return exported === exitCodes.ok && verification.problems > 0 ? exitCodes.someFailed : exported
}

async function importStudy(emulator: Emulator): Promise<ImportReport> {
  return await emulator.importDicom(Array.from(generateStudy(), ({ data }) => data))
}

async function searchAll({ endpoint, datastoreId }: Emulator, { signal }: CommandContext): Promise<ImageSetSummary[]> {
  await using client = createAhiClient(loopbackConnection(endpoint))
  const found: ImageSetSummary[] = []
  for await (const summary of client.searchImageSets({ datastoreId, signal })) found.push(summary)
  return found
}

async function exportAll(
  { endpoint, datastoreId }: Emulator,
  directory: string,
  { startProgress, signal }: CommandContext,
): Promise<ExportSummary> {
  await using client = createAhiClient(loopbackConnection(endpoint))
  await using exporter = createExporter({ client })
  const sink = directorySink({ directory, formats: ['dcm', 'png'], mode: 'new' })
  using progress = startProgress()
  return await exporter.exportTo({ datastoreId, selectors: 'all', sink, signal, onProgress: progress.update })
}

async function verifyExport(directory: string, signal: AbortSignal): Promise<VerificationSummary> {
  for await (const event of verifyDirectory(directory, { signal })) if (event.kind === 'summary') return event
  throw new TypeError('Expected a summary at the end of a verification')
}

function exportedText({ instances, frames, files, bytesWritten, seconds }: ExportSummary): string {
  const counts = [formatCount(instances.written, 'instance'), formatCount(frames, 'frame'), formatCount(files, 'file')]
  return `${counts.join(', ')}, ${formatBytes(bytesWritten)} in ${formatSeconds(seconds)}`
}
