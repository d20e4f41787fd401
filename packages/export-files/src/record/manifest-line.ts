import type { DirectoryEntry } from '../media/directory-entry.ts'
import { isObject } from '../reading/json-members.ts'
import type { JsonMembers } from '../reading/json-members.ts'
import { leastVerifiedFirst } from './checksum-order.ts'
import { readCheckedLine } from './checked-line.ts'
import type {
  ChecksumResult,
  FileRequest,
  FinishedEntry,
  InstanceFileEntry,
  ManifestEntry,
  SeriesFileEntry,
} from './entries.ts'

/** The members of a manifest line that are needed to find and check its file. */
interface RecordedFileBase extends Pick<
  ManifestEntry,
  | 'datastoreId'
  | 'imageSetId'
  | 'versionId'
  | 'studyInstanceUid'
  | 'seriesInstanceUid'
  | 'path'
  | 'format'
  | 'bytes'
  | 'sha256'
  | 'frames'
  | 'hasLoss'
> {
  /** Options that the file was made with. Undefined in lines of older versions. */
  readonly request: FileRequest | undefined
  /** Undefined in lines of older versions. */
  readonly checksum: ChecksumResult | undefined
  /** Checksum that a server stores for the file; see `DestinationAnswer`. */
  readonly serverChecksum?: string | undefined
}

/** A file of an instance, from its line in the manifest. */
export interface RecordedInstanceFile
  extends
    RecordedFileBase,
    Pick<InstanceFileEntry, 'scope' | 'sopInstanceUid' | 'sopClassUid' | 'transferSyntaxUid' | 'frame' | 'directory'> {}

/** A file of a series, from its line in the manifest. */
export interface RecordedSeriesFile
  extends
    RecordedFileBase,
    Pick<SeriesFileEntry, 'scope' | 'sopInstanceUid' | 'instances' | 'instancesSha256' | 'suffix' | 'files'> {}

/** A file that a manifest names. */
export type RecordedFile = RecordedInstanceFile | RecordedSeriesFile

/** A version of an image set whose selected instances are all recorded. */
export type FinishedImageSet = Pick<
  FinishedEntry,
  'imageSetId' | 'versionId' | 'instances' | 'files' | 'selection' | 'replaces'
>

/** A parsed line of a manifest. */
export type ManifestLine =
  | { readonly kind: 'file'; readonly file: RecordedFile }
  | { readonly kind: 'staged'; readonly file: RecordedFile }
  | { readonly kind: 'finished'; readonly imageSet: FinishedImageSet }
  | { readonly kind: 'removed'; readonly path: string }
  | { readonly kind: 'removed-image-set'; readonly imageSetId: string }
  | { readonly kind: 'started-over' }

/** Parses one line of a manifest. Returns undefined if it is damaged, was changed later, or is not a manifest line. */
export function parseManifestLine(text: string): ManifestLine | undefined {
  const { value: fields, checksum } = readCheckedLine(text)
  if (checksum === 'wrong' || !isObject(fields)) return undefined
  const isChecked = checksum === 'right'
  const other = isChecked ? otherLineOf(fields) : undefined
  if (other !== undefined) return other
  const file = fileOf(fields, isChecked)
  return file && { kind: isChecked && fields['staged'] === true ? 'staged' : 'file', file }
}

/** Parses a line that is not about a written file. */
function otherLineOf(fields: JsonMembers): ManifestLine | undefined {
  const { startedOver, removed, finished, path, imageSetId } = fields
  if (startedOver === true) return { kind: 'started-over' }
  if (removed === true && typeof path === 'string') return { kind: 'removed', path }
  if (removed === true && typeof imageSetId === 'string') return { kind: 'removed-image-set', imageSetId }
  if (finished !== true || typeof imageSetId !== 'string') return undefined
  const { versionId, instances, files, selection, replaces } = fields
  if (typeof versionId !== 'string' || typeof files !== 'number' || typeof instances !== 'number') return undefined
  const imageSet = { imageSetId, versionId, instances, files, ...(typeof selection === 'string' && { selection }) }
  return { kind: 'finished', imageSet: replaces === true ? { ...imageSet, replaces } : imageSet }
}

function fileOf(fields: JsonMembers, isChecked: boolean): RecordedFile | undefined {
  const { datastoreId, imageSetId, path, format, sha256, bytes, frames } = fields
  if (typeof datastoreId !== 'string' || typeof imageSetId !== 'string') return undefined
  if (typeof path !== 'string' || typeof format !== 'string') return undefined
  if (typeof sha256 !== 'string' || typeof bytes !== 'number') return undefined
  const file = {
    datastoreId,
    imageSetId,
    versionId: textOf(fields['versionId']),
    studyInstanceUid: textOf(fields['studyInstanceUid']),
    seriesInstanceUid: textOf(fields['seriesInstanceUid']),
    path,
    format,
    bytes,
    sha256,
    frames: typeof frames === 'number' ? frames : 0,
    ...(fields['hasLoss'] === true ? { hasLoss: true as const } : {}),
    ...serverChecksumOf(fields['answer']),
    request: isChecked ? requestOf(fields['request']) : undefined,
    checksum: isChecked ? leastVerifiedFirst.find((result) => result === fields['checksum']) : undefined,
  }
  return fields['scope'] === 'series' ? seriesFileOf(fields, file) : instanceFileOf(fields, file, isChecked)
}

function instanceFileOf(
  fields: JsonMembers,
  file: RecordedFileBase,
  isChecked: boolean,
): RecordedInstanceFile | undefined {
  const { sopInstanceUid, frame } = fields
  if (typeof sopInstanceUid !== 'string') return undefined
  return {
    ...file,
    sopInstanceUid,
    sopClassUid: textOf(fields['sopClassUid']),
    transferSyntaxUid: textOf(fields['transferSyntaxUid']),
    ...(typeof frame === 'number' ? { frame } : {}),
    ...(isChecked && isDirectoryEntry(fields['directory']) && { directory: fields['directory'] }),
  }
}

function seriesFileOf(fields: JsonMembers, file: RecordedFileBase): RecordedSeriesFile | undefined {
  const { instances, instancesSha256, suffix, files } = fields
  if (typeof instances !== 'number' || typeof instancesSha256 !== 'string') return undefined
  if (typeof suffix !== 'string' || suffix === '' || !file.path.endsWith(suffix)) return undefined
  if (typeof files !== 'number') return undefined
  return { ...file, scope: 'series', instances, instancesSha256, suffix, files }
}

function serverChecksumOf(answer: unknown): Pick<RecordedFile, 'serverChecksum'> {
  const checksum = isObject(answer) ? answer['checksum'] : undefined
  return typeof checksum === 'string' ? { serverChecksum: checksum } : {}
}

function requestOf(request: unknown): FileRequest | undefined {
  if (!isObject(request)) return undefined
  const { form, source, settings } = request
  const isKnownForm = form === 'explicit' || form === 'stored' || form === 'header-only'
  if (!isKnownForm || (source !== 'frames' && source !== 'instance')) return undefined
  return { form, source, ...(isObject(settings) && { settings }) }
}

function isDirectoryEntry(value: unknown): value is DirectoryEntry {
  if (!isObject(value)) return false
  const { type, characterSet = [], patient, study, series, instance } = value
  return typeof type === 'string' && Array.isArray(characterSet) && [patient, study, series, instance].every(isObject)
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
