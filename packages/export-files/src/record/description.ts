import { recordNames } from '../destination/record-store.ts'
import type { RecordStore } from '../destination/record-store.ts'
import type { FormatSettings } from '../destination/file-writer.ts'
import { isInstanceFormat, type RecordedFormat } from '../format/series-format.ts'
import { isObject, membersOf } from '../reading/json-members.ts'
import type { JsonMembers } from '../reading/json-members.ts'
import { readText } from '../reading/read-text.ts'
import { readSealed, sealed, sealedText } from './sealed-json.ts'

/** What an export is: its data store, what it selects, and what shapes its files. Plain data. */
export interface ExportDescription {
  /** What made the export. */
  readonly product: { readonly name: string; readonly version: string }
  readonly datastoreId: string
  /** Where the export goes; absent if its record lies there, see `Destination.recordedAs`. */
  readonly destination?: string | undefined
  /** Absent if the selectors come one by one, and nobody knows them before the end. */
  readonly selection?: DescribedSelection | undefined
  readonly files: DescribedFiles
}

/** What an export selects. */
export interface DescribedSelection {
  /** `all`; the selectors as text; or the number of selectors and a digest of them, if there are too many to keep. */
  readonly selectors: 'all' | readonly string[] | DescribedList
  /** Names of the filters. */
  readonly filters: readonly string[]
  readonly nonPrimary: 'exclude' | 'include' | 'only'
}

/** A list of selectors that is too long to keep. */
export interface DescribedList {
  readonly count: number
  /** SHA-256 of the list in lower-case hexadecimal. */
  readonly sha256: string
}

/** What shapes the files of an export. A resumed export must ask for the same. */
export interface DescribedFiles {
  readonly formats: readonly DescribedFormat[]
  readonly transferSyntax: 'explicit' | 'stored'
  readonly source: 'frames' | 'instance'
  readonly headerOnly: boolean
  /** Template of paths. */
  readonly layout: string
  /** Template of the paths of series. Absent if no format makes files of series. */
  readonly seriesLayout?: string | undefined
  /** Whether there is a DICOMDIR. A resumed export may add one. Absent if there is none. */
  readonly dicomdir?: true | undefined
}

/** A format of an export. */
export interface DescribedFormat {
  /** Absent if the format makes files of instances. */
  readonly scope?: 'series' | undefined
  readonly name: string
  /** Frames that have a file of their own, such as `1-3,7`; absent if the format makes a file of each instance. */
  readonly frames?: string | undefined
  readonly settings?: FormatSettings | undefined
}

/** A description as a folder records it. */
export interface RecordedDescription extends ExportDescription {
  readonly schemaVersion: typeof schemaVersion
  /** When the export was started. ISO 8601, UTC. */
  readonly createdAt: string
}

/**
 * Describes formats for {@link DescribedFiles}.
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

/** What {@link findDescription} finds. */
export type FoundDescription =
  | { readonly kind: 'none' }
  | { readonly kind: 'damaged' }
  | { readonly kind: 'later'; readonly schemaVersion: unknown }
  | { readonly kind: 'found'; readonly description: RecordedDescription }

const schemaVersion = 1

/**
 * Reads what an export is. Returns undefined if a version wrote it that did not record this, if the description was
 * changed since, or if a later version wrote it in another form.
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

/** Looks for the description of an export. */
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
 * Writes what an export is. Selectors are joined with those that are recorded if filters and the choice of primary image
 * sets are the same. Otherwise the recorded selection stays if it covers that of this run, which counts if not. It survives
 * a power cut once the promise has resolved.
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

/** Joins a recorded selection with that of a run, see {@link writeDescription}. */
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

/** Returns whether two selections have the same filters and the same choice of primary image sets. */
export function selectAlike(one: DescribedSelection, other: DescribedSelection): boolean {
  return one.nonPrimary === other.nonPrimary && hasFiltersOf(one, other) && hasFiltersOf(other, one)
}

/** Returns whether one selection surely has all of another in it. */
export function covers(one: DescribedSelection, other: DescribedSelection): boolean {
  if (one.nonPrimary !== 'include' && one.nonPrimary !== other.nonPrimary) return false
  if (!hasFiltersOf(other, one)) return false
  if (one.selectors === 'all') return true
  if (!isList(one.selectors) || !isList(other.selectors)) return false
  const names = new Set(one.selectors)
  return other.selectors.every((name) => names.has(name))
}

/** Each filter leaves out more. */
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
