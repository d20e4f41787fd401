import { recordNames } from '../destination/record-store.ts'
import type { RecordStore } from '../destination/record-store.ts'
import type { FormatSettings } from '../destination/file-writer.ts'
import { isInstanceFormat, type RecordedFormat } from '../format/series-format.ts'
import { isObject, membersOf } from '../reading/json-members.ts'
import type { JsonMembers } from '../reading/json-members.ts'
import { readText } from '../reading/read-text.ts'
import { readSealed, sealed, sealedText } from './sealed-json.ts'

/** Describes an export: its data store, its selection, and the options that determine its files. Plain data. */
export interface ExportDescription {
  /** Program that made the export. */
  readonly product: { readonly name: string; readonly version: string }
  readonly datastoreId: string
  /** The destination, see `Destination.recordedAs`. Absent if the record lies in the destination. */
  readonly destination?: string | undefined
  /** Absent if the selectors are read one by one, so that they are not known at the start. */
  readonly selection?: DescribedSelection | undefined
  readonly files: DescribedFiles
}

/** The selection of an export. */
export interface DescribedSelection {
  /** `all`, or the selectors as text. If there are too many, their number and a digest of them. */
  readonly selectors: 'all' | readonly string[] | DescribedList
  /** Names of the filters. */
  readonly filters: readonly string[]
  readonly nonPrimary: 'exclude' | 'include' | 'only'
}

/** Stands for a list of selectors that is too long to record. */
export interface DescribedList {
  readonly count: number
  /** SHA-256 of the list in lower-case hexadecimal. */
  readonly sha256: string
}

/** Options that determine the files of an export. A resumed export must have the same. */
export interface DescribedFiles {
  readonly formats: readonly DescribedFormat[]
  readonly transferSyntax: 'explicit' | 'stored'
  readonly source: 'frames' | 'instance'
  readonly headerOnly: boolean
  /** Layout template for paths of instances. */
  readonly layout: string
  /** Layout template for paths of series. Absent if no format makes files of series. */
  readonly seriesLayout?: string | undefined
  /** True if the export has a DICOMDIR. A resumed export may add one. */
  readonly dicomdir?: true | undefined
}

/** A format of an export. */
export interface DescribedFormat {
  /** Absent if the format makes files of instances. */
  readonly scope?: 'series' | undefined
  readonly name: string
  /** Frames that the format writes a file for, such as `1-3,7`. Absent if the format writes one file per instance. */
  readonly frames?: string | undefined
  readonly settings?: FormatSettings | undefined
}

/** The content of `export.json`. */
export interface RecordedDescription extends ExportDescription {
  readonly schemaVersion: typeof schemaVersion
  /** Time of the first start of the export. ISO 8601, UTC. */
  readonly createdAt: string
}

/**
 * Returns the description of formats for {@link DescribedFiles}.
 *
 * @example
 * import { createFormats, describeFormats } from '@ahi-dicom/export-files'
 *
 * console.log(describeFormats(createFormats(['dcm']))) // [ { name: 'dcm' } ]
 */
export function describeFormats(formats: readonly RecordedFormat[]): readonly DescribedFormat[] {
  return formats.map((format) => ({
    ...(format.scope === 'series' && { scope: format.scope }),
    name: format.name,
    ...(isInstanceFormat(format) && format.frames && { frames: format.frames.text }),
    ...(format.settings && { settings: format.settings }),
  }))
}

/** Result of {@link findDescription}. `later`: a later version wrote the description in another form. */
export type FoundDescription =
  | { readonly kind: 'none' }
  | { readonly kind: 'damaged' }
  | { readonly kind: 'later'; readonly schemaVersion: unknown }
  | { readonly kind: 'found'; readonly description: RecordedDescription }

const schemaVersion = 1

/**
 * Returns the description of an export from its record. Returns undefined if it is missing (older versions wrote none),
 * if it was changed after it was written, or if a later version wrote it in another form.
 *
 * @example
 * import { readDescription } from '@ahi-dicom/export-files'
 *
 * const description = await readDescription(exported.record)
 * console.log(description?.datastoreId === datastoreId) // true
 */
export async function readDescription(store: RecordStore): Promise<RecordedDescription | undefined> {
  const found = await findDescription(store)
  return found.kind === 'found' ? found.description : undefined
}

/** Reads the description of an export, and says why if it cannot be used. */
export async function findDescription(store: RecordStore): Promise<FoundDescription> {
  const content = await store.read(recordNames.description)
  if (content === undefined) return { kind: 'none' }
  const members = readSealed(await readText(content))
  if (members === undefined) return { kind: 'damaged' }
  if (members['schemaVersion'] !== schemaVersion) {
    return { kind: 'later', schemaVersion: members['schemaVersion'] }
  }
  return isDescription(members) ? { kind: 'found', description: members } : { kind: 'damaged' }
}

/**
 * Writes the description of an export. It survives a power cut once the promise has resolved. If `filters` and
 * `nonPrimary` are the same as recorded, the selectors of this run are added to the recorded ones. Otherwise the
 * recorded selection stays if it covers the selection of this run, and is replaced by it if not.
 */
export async function writeDescription(
  store: RecordStore,
  { product, datastoreId, destination, selection: asked, files }: ExportDescription,
  recorded: RecordedDescription | undefined,
): Promise<void> {
  const createdAt = recorded?.createdAt ?? new Date().toISOString()
  const selection = joinedSelection(recorded?.selection, asked)
  const described = {
    schemaVersion,
    product,
    createdAt,
    datastoreId,
    ...(destination !== undefined && { destination }),
    ...(selection && { selection }),
    files,
  }
  await store.write(recordNames.description, Buffer.from(sealedText(sealed(described))))
}

/** Returns the recorded selection joined with the selection of a run, as {@link writeDescription} describes. */
export function joinedSelection(
  recorded: DescribedSelection | undefined,
  asked: DescribedSelection | undefined,
): DescribedSelection | undefined {
  if (recorded === undefined || asked === undefined) return asked ?? recorded
  if (!selectAlike(recorded, asked)) return covers(recorded, asked) ? recorded : asked
  if (recorded.selectors === 'all' || asked.selectors === 'all') return { ...asked, selectors: 'all' }
  if (!isList(recorded.selectors) || !isList(asked.selectors)) return asked
  return { ...asked, selectors: [...new Set([...recorded.selectors, ...asked.selectors])] }
}

/** Returns true if two selections have the same `filters` and `nonPrimary`. */
export function selectAlike(one: DescribedSelection, other: DescribedSelection): boolean {
  return one.nonPrimary === other.nonPrimary && hasFiltersOf(one, other) && hasFiltersOf(other, one)
}

/** Returns true if one selection is known to include all of another. */
export function covers(one: DescribedSelection, other: DescribedSelection): boolean {
  if (one.nonPrimary !== 'include' && one.nonPrimary !== other.nonPrimary) return false
  if (!hasFiltersOf(other, one)) return false
  if (one.selectors === 'all') return true
  if (!isList(one.selectors) || !isList(other.selectors)) return false
  const names = new Set(one.selectors)
  return other.selectors.every((name) => names.has(name))
}

/**
 * Returns true if the first selection has all filters of the second, so that it selects nothing the second leaves out.
 */
function hasFiltersOf({ filters }: DescribedSelection, { filters: others }: DescribedSelection): boolean {
  return others.every((name) => filters.includes(name))
}

function isList(selectors: DescribedSelection['selectors']): selectors is readonly string[] {
  return Array.isArray(selectors)
}

function isDescription(members: JsonMembers): members is JsonMembers & RecordedDescription {
  const { product, createdAt, datastoreId, destination = '', selection, files } = members
  const { name, version } = membersOf(product)
  const texts = [name, version, createdAt, datastoreId, destination]
  return texts.every((text) => typeof text === 'string') && isSelection(selection) && isFiles(files)
}

function isSelection(selection: unknown): boolean {
  if (selection === undefined) return true
  const { selectors, filters, nonPrimary } = membersOf(selection)
  const isKnown = selectors === 'all' || isTexts(selectors) || isObject(selectors)
  return isKnown && isTexts(filters) && ['exclude', 'include', 'only'].some((choice) => choice === nonPrimary)
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((text) => typeof text === 'string')
}

function isFiles(files: unknown): boolean {
  const { formats, transferSyntax, source, headerOnly, layout, seriesLayout = '', dicomdir } = membersOf(files)
  return (
    Array.isArray(formats) &&
    formats.every((format) => typeof membersOf(format)['name'] === 'string') &&
    (transferSyntax === 'explicit' || transferSyntax === 'stored') &&
    (source === 'frames' || source === 'instance') &&
    typeof headerOnly === 'boolean' &&
    typeof layout === 'string' &&
    typeof seriesLayout === 'string' &&
    (dicomdir === undefined || dicomdir === true)
  )
}
