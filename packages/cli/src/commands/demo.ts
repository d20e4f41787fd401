import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAhiClient, type ImageSetSummary } from '@ahi-dicom/ahi-client'
import { generateStudy, startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { printable } from '@ahi-dicom/ahi-metadata/printable'
import { createExporter, type ExportSummary } from '@ahi-dicom/exporter'
import { createFormats, verifyExport, type VerificationSummary } from '@ahi-dicom/export-files'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import type { CommandContext } from '../command-context.ts'
import { loopbackConnection } from '../connection.ts'
import { exitCodes, type ExitCode } from '../exit-codes.ts'
import { exportExitCode, tellEnd } from '../export-summary.ts'
import { printJsonLine } from '../json-line.ts'
import { formatBytes, formatCount, formatSeconds } from '../quantities.ts'
import { temporaryFolder } from '../temporary-folder.ts'

/** Options of `demo`. */
export interface DemoOptions {
  readonly out?: string
}

/** Generates a study, imports, exports and verifies it with a local emulator, and prints each step. */
export async function demo(options: DemoOptions, context: CommandContext): Promise<ExitCode> {
  const { global, terminal, signal } = context
  const directory = options.out ?? (await mkdtemp(join(tmpdir(), 'ahi-dicom-demo-')))
  const say = async (line: string): Promise<void> => {
    if (global.json !== true && global.quiet !== true) await terminal.print(`${line}\n`)
  }
  await using data = await temporaryFolder('ahi-dicom-demo-data-')
  await using emulator = await startEmulator({ data: data.path })
  await say(`1. started a local AHI emulator at ${emulator.endpoint}`)

  await say('2. generated and imported a study')
  const { imported, imageSets } = await emulator.importDicom(studyFiles(signal))
  await say(`     ${formatCount(imported, 'file')}, ${formatCount(imageSets.length, 'image set')}`)

  await say('3. searched its image sets')
  for (const found of await searchAll(emulator, context)) await say(`     ${foundText(found)}`)

  await say('4. exported it to DICOM and PNG, and compared each frame with its checksum')
  const summary = await exportAll(emulator, directory, context)
  await say(`     ${exportedText(summary)}`)
  tellEnd(summary, context.log)

  await say('5. compared the files with the manifest')
  const { picture, ...verification } = await verifyFolder(directory, signal)
  await say(`     ${verification.verified} of ${formatCount(verification.files, 'file')} verified`)

  await say(`\nThe study, manifest.ndjson and summary.json are in ${directory}`)
  if (picture !== undefined) await say(`A slice as a picture: ${join(directory, picture)}`)
  if (global.json === true) {
    await printJsonLine(terminal, { directory, imported, imageSets: imageSets.length, export: summary, verification })
  }
  const exported = exportExitCode(summary)
  return exported === exitCodes.ok && verification.problems > 0 ? exitCodes.someFailed : exported
}

function* studyFiles(signal: AbortSignal): Generator<Uint8Array> {
  for (const { data } of generateStudy()) {
    signal.throwIfAborted()
    yield data
  }
}

function foundText({ imageSetId, seriesModality = '??', seriesInstanceUid = '' }: ImageSetSummary): string {
  return printable(`${imageSetId}  ${seriesModality}  ${seriesInstanceUid}`)
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
  const destination = folderDestination({ directory })
  const formats = createFormats(['dcm', 'png'])
  using progress = startProgress()
  return await exporter.exportTo({
    datastoreId,
    selectors: 'all',
    destination,
    formats,
    signal,
    onProgress: progress.update,
  })
}

/** Verifies the export. `picture` is a PNG from the middle of the manifest, where the slices of the CT are. */
async function verifyFolder(
  directory: string,
  signal: AbortSignal,
): Promise<VerificationSummary & { readonly picture?: string | undefined }> {
  const pictures: string[] = []
  for await (const event of verifyExport(folderDestination({ directory }), { signal })) {
    if (event.kind === 'verified' && event.path.endsWith('.png')) pictures.push(event.path)
    if (event.kind === 'summary') return { ...event, picture: pictures.at(pictures.length / 2) }
  }
  throw new TypeError('Expected a summary at the end of a verification')
}

function exportedText({ instances, frames, files, bytesWritten, seconds }: ExportSummary): string {
  const counts = [formatCount(instances.written, 'instance'), formatCount(frames, 'frame'), formatCount(files, 'file')]
  return `${counts.join(', ')}, ${formatBytes(bytesWritten)} in ${formatSeconds(seconds)}`
}
