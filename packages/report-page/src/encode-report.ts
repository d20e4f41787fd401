import { readExport, type Destination, type ExportContents } from '@ahi-dicom/export-files'
import { countBySeries, type FailureCounts } from './contents/count-by-series.ts'
import { seriesTexts } from './contents/series-attributes.ts'
import { createSeriesFiles, type SeriesFile, type SeriesFiles, type SeriesOfExport } from './contents/series-files.ts'
import { scriptJson } from './page/encode-json.ts'
import { entryBlock } from './blocks/entry-block.ts'
import { blockEnd, blockStart, pageEnd, pageHead } from './page/frame.ts'
import { instancesBlock } from './blocks/instances-block.ts'
import type { ExportData, SeriesData } from './page/page-data.ts'
import { readSeriesFile, type ReadSeriesFile } from './thumbnails/read-series.ts'

/** Options of {@link encodeReport}. */
export interface ReportPageOptions {
  /** The destination of the export. It needs `read` for thumbnails and attributes. */
  readonly destination: Destination
  /** Shows names, identifiers, dates, descriptions and paths that may name patients. Default false. */
  readonly withPatientData?: boolean | undefined
  /**
   * URL of the export's folder relative to the page, percent-encoded, with `/` at its end. Empty if the page is in that folder.
   * Default: files have no links.
   */
  readonly linkBase?: string | undefined
  /** Longest side of a thumbnail in pixels, 1 to 512. Default 96. */
  readonly thumbnailSize?: number | undefined
  /** Maximum bytes of all thumbnails together. Later series have none. Default 32 MiB. */
  readonly mostThumbnailBytes?: number | undefined
  /** Maximum bytes of a file that is read for a thumbnail. Larger files have none. Default 64 MiB. */
  readonly mostFileBytes?: number | undefined
  /** Bytes of memory for the content of the record. The rest goes to a temporary database. Default 24 MiB. */
  readonly maxMemory?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Called after each series. */
  readonly onSeries?: ((counts: ReportCounts) => void) | undefined
}

/** Counts of the page so far. */
export interface ReportCounts {
  readonly series: number
  readonly instances: number
  readonly files: number
  /** Bytes of the files. */
  readonly bytes: number
  readonly thumbnails: number
  /** Series whose file could not be read. */
  readonly unread: number
}

/**
 * Yields the bytes of a page about an export: one HTML file without external resources. Data is escaped and never becomes
 * markup. One series and one of its files are in memory at a time.
 *
 * @throws {OutputError} OUTPUT_NO_MANIFEST if there is no record; OUTPUT_DIFFERENT if the record belongs to an export to another destination
 * @throws {RangeError} if an option is out of its range
 * @example
 * import { folderDestination, writeAtomically } from '@ahi-dicom/exporter-fs'
 * import { encodeReport } from '@ahi-dicom/report-page'
 *
 * const destination = folderDestination({ directory: 'exported' })
 * await writeAtomically('exported/index.html', encodeReport({ destination, linkBase: '' }))
 */
export async function* encodeReport(options: ReportPageOptions): AsyncGenerator<Uint8Array> {
  const settings = settingsOf(options)
  const { destination, maxMemory, signal } = options
  using contents = await readExport(destination, { signal, maxMemory })
  using files = createSeriesFiles()
  const isDamaged = await contents.isDamaged()
  const hidden = { paths: 0 }
  for await (const file of contents.files()) {
    files.add(file)
    if (file.shownPath !== file.path) hidden.paths += 1
  }
  using failures = await countBySeries(contents.failures(), maxMemory ?? defaultCountMemory)
  yield Buffer.from(pageHead)
  const counts = { series: 0, studies: 0, instances: 0, files: 0, bytes: 0, thumbnails: 0, unread: 0, withoutSource: 0 }
  let thumbnailBytes = 0
  let study: string | undefined
  for (const series of files.series()) {
    signal?.throwIfAborted()
    const isRoomLeft = thumbnailBytes < settings.mostThumbnailBytes
    const read = await readSeries(series, { destination, files, settings, isRoomLeft, signal })
    thumbnailBytes += read.thumbnail?.byteLength ?? 0
    counts.series += 1
    if (series.study !== study) counts.studies += 1
    study = series.study
    counts.instances += series.instances
    counts.files += series.files
    counts.bytes += series.bytes
    if (read.thumbnail !== undefined) counts.thumbnails += 1
    if (read.isWithoutSource) counts.withoutSource += 1
    else if (!read.isRead) counts.unread += 1
    yield Buffer.from(block('class="series"', seriesData(series, { read, failures, settings })))
    yield* instancesBlock(files.filesOf(series), settings)
    options.onSeries?.(counts)
  }
  yield* entryBlock('failure-data', contents.failures())
  yield* entryBlock('warning-data', contents.warnings())
  yield Buffer.from(
    block('id="export"', exportData(contents, { ...counts, hiddenPaths: hidden.paths, isDamaged, settings })),
  )
  yield Buffer.from(pageEnd)
}

const defaultCountMemory = 8 * 1024 * 1024

interface Settings {
  readonly withPatientData: boolean
  readonly linkBase: string | undefined
  readonly size: number
  readonly mostThumbnailBytes: number
  readonly mostBytes: number
}

function settingsOf(options: ReportPageOptions): Settings {
  const { thumbnailSize = 96, mostThumbnailBytes = 32 * 1024 * 1024, mostFileBytes = 64 * 1024 * 1024 } = options
  if (!Number.isInteger(thumbnailSize) || thumbnailSize < 1 || thumbnailSize > 512) {
    throw new RangeError(`Cannot make thumbnails of ${thumbnailSize} pixels: give a whole number from 1 to 512`)
  }
  return {
    withPatientData: options.withPatientData ?? false,
    linkBase: options.linkBase,
    size: thumbnailSize,
    mostThumbnailBytes,
    mostBytes: mostFileBytes,
  }
}

interface SeriesReading {
  readonly destination: Destination
  readonly files: SeriesFiles
  readonly settings: Settings
  readonly isRoomLeft: boolean
  readonly signal: AbortSignal | undefined
}

interface ReadSeries extends ReadSeriesFile {
  /** True if the series has neither a DICOM file nor a PNG. */
  readonly isWithoutSource: boolean
  readonly transferSyntaxUid: string
}

/** Reads the middle DICOM file of a series. If it gives no thumbnail, reads a PNG of the series as well. */
async function readSeries(series: SeriesOfExport, reading: SeriesReading): Promise<ReadSeries> {
  const { destination, settings, files, isRoomLeft, signal } = reading
  const chosen = ['dcm', 'png'].map((format) => middleFile(files.filesOf(series), { format, series }))
  const isWithoutSource = chosen.every((file) => file === undefined)
  let found: ReadSeries = {
    attributes: undefined,
    thumbnail: undefined,
    isRead: false,
    isWithoutSource,
    transferSyntaxUid: '',
  }
  for (const file of chosen) {
    if (file === undefined || found.thumbnail !== undefined) continue
    const read = await readSeriesFile(destination, file, { ...settings, signal })
    found = {
      attributes: found.attributes ?? read.attributes,
      thumbnail: isRoomLeft ? read.thumbnail : undefined,
      isRead: found.isRead || read.isRead,
      isWithoutSource,
      transferSyntaxUid: found.transferSyntaxUid === '' ? file.transferSyntaxUid : found.transferSyntaxUid,
    }
    if (mayNotBeShown(found, settings)) break
  }
  return found
}

function mayNotBeShown({ attributes }: ReadSeries, { withPatientData }: Settings): boolean {
  return !withPatientData && attributes?.string('BurnedInAnnotation')?.trim() === 'YES'
}

function middleFile(
  files: Iterable<SeriesFile>,
  { format, series }: { readonly format: string; readonly series: SeriesOfExport },
): SeriesFile | undefined {
  let position = 0
  let found: SeriesFile | undefined
  for (const file of files) {
    if (file.sopInstanceUid !== '' && file.format === format && (found === undefined || position <= series.files / 2))
      found = file
    position += 1
  }
  return found
}

interface SeriesSource {
  readonly read: ReadSeries
  readonly failures: FailureCounts
  readonly settings: Settings
}

function seriesData(series: SeriesOfExport, { read, failures, settings }: SeriesSource): SeriesData {
  const { thumbnail, attributes, transferSyntaxUid } = read
  return {
    ...series,
    ...seriesTexts(attributes, transferSyntaxUid, settings.withPatientData),
    failures: failures.of(series.series),
    thumbnail: thumbnail === undefined ? '' : `data:image/png;base64,${Buffer.from(thumbnail).toString('base64')}`,
  }
}

interface Totals extends ReportCounts {
  readonly studies: number
  readonly withoutSource: number
  readonly hiddenPaths: number
  readonly isDamaged: boolean
  readonly settings: Settings
}

function exportData({ datastoreId, createdAt, outcomes }: ExportContents, totals: Totals): ExportData {
  const { studies, series, instances, files, bytes, hiddenPaths, unread, withoutSource, isDamaged, settings } = totals
  const notes = [
    'The page shows what the record of the export says. To compare the record with the files, verify the export.',
  ]
  if (isDamaged)
    notes.push('The record is damaged: files may be missing from this page. To find them, verify the export.')
  if (hiddenPaths > 0 && !settings.withPatientData) {
    notes.push(
      `Paths of ${hiddenPaths} files may name patients: parts of them are hidden, and the files have no links.`,
    )
  }
  if (unread > 0)
    notes.push(
      `The file that stands for a series could not be read for ${unread} series: they have no thumbnails and no attributes.`,
    )
  if (withoutSource > 0) {
    notes.push(
      `Thumbnails come from DICOM files and PNGs, attributes from DICOM files. ${withoutSource} series have neither of these files.`,
    )
  }
  return {
    facts: [
      ['Data store', datastoreId ?? 'unknown'],
      ['Started', createdAt ?? 'unknown'],
      ['Outcome', outcomes.map((outcome) => outcome ?? 'unknown').join(', ')],
      ['Studies', count(studies)],
      ['Series', count(series)],
      ['Instances', count(instances)],
      ['Files', count(files)],
      ['Bytes', count(bytes)],
    ],
    notes,
  }
}

function count(value: number): string {
  return value.toLocaleString('en')
}

function block(attribute: `id="${string}"` | `class="${string}"`, value: unknown): string {
  return blockStart(attribute) + scriptJson(value) + blockEnd
}
