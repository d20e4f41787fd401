import { formatSelector, parseSelector, type StudySelector } from '@ahi-dicom/exporter'
import { FleetError, shown } from '../errors.ts'
import { isObject } from '../model/read-json.ts'
import { isFailureDigest } from './failure-digest.ts'
import { isImageSetId, isVersionId, jobIdOf, parseJobId, type JobKey } from './job-id.ts'

/** A version of an image set. */
export interface ImageSetVersion {
  readonly imageSetId: string
  readonly versionId: string
}

/** An image set that was selected before another one of the same series. */
export interface EarlierImageSet extends ImageSetVersion {
  /** The selectors of its job. Empty: its job exports all instances. */
  readonly selectors: readonly StudySelector[]
}

/** An instance within a study. */
interface SeriesInstance {
  readonly seriesInstanceUid: string
  readonly sopInstanceUid: string
}

/** A job that was parsed and checked. */
export interface JobPayload extends JobKey {
  /** Export only the instances that these selectors name. Empty: all instances. */
  readonly selectors: readonly StudySelector[]
  /** Earlier image sets of the same series. Instances that their jobs export are left out. */
  readonly after: readonly EarlierImageSet[]
  /** Export only these instances, which earlier attempts left unfinished. */
  readonly only?: readonly SeriesInstance[] | undefined
  /** Digests of the failures of the last attempt, see `failureDigest`. Undefined if there were too many, or no attempt. */
  readonly failures?: readonly string[] | undefined
}

/** The stored data of a job. Nearly all jobs have no members, which keeps them small. */
export interface JobData {
  readonly selectors?: readonly string[]
  readonly after?: readonly EarlierData[]
  readonly only?: readonly string[]
  readonly failures?: readonly string[]
}

/** An earlier image set, with its selectors if it has any. */
type EarlierData = readonly [imageSetId: string, versionId: string, selectors?: readonly string[]]

/** Maximum number of instances in `only`, and of `failures`. */
export const mostInstancesNamed = 500

/**
 * Returns the data to store for a job.
 * @throws {FleetError} `FLEET_JOB_MALFORMED` if a UID contains a slash, or has blanks at its start or end
 */
export function formatJobData(payload: JobPayload): JobData {
  const { selectors, after, only, failures } = payload
  const data: JobData = {
    ...(selectors.length === 0 ? {} : { selectors: selectors.map(formatSelector) }),
    ...(after.length === 0 ? {} : { after: after.map(earlierData) }),
    ...(only === undefined ? {} : { only: only.map((key) => `${key.seriesInstanceUid}/${key.sopInstanceUid}`) }),
    ...(failures === undefined ? {} : { failures }),
  }
  const jobId = jobIdOf(payload)
  const read = parseJob({ id: jobId, data })
  const isSame =
    areSame(read.selectors, selectors) &&
    read.after.every((earlier, index) => areSame(earlier.selectors, after[index]?.selectors ?? [])) &&
    (read.only ?? []).every(({ seriesInstanceUid }, index) => seriesInstanceUid === only?.[index]?.seriesInstanceUid)
  if (!isSame) throw malformed(jobId, 'a UID contains a slash, or has blanks at its start or end')
  return data
}

function earlierData({ imageSetId, versionId, selectors }: EarlierImageSet): EarlierData {
  return selectors.length === 0 ? [imageSetId, versionId] : [imageSetId, versionId, selectors.map(formatSelector)]
}

/**
 * Parses a job from Redis and checks it.
 * @throws {FleetError} `FLEET_JOB_MALFORMED` if {@link formatJobData} did not write the job; the job must not be run
 */
export function parseJob(job: { readonly id?: string | undefined; readonly data: unknown }): JobPayload {
  const id = job.id ?? ''
  const key = parseJobId(id)
  if (key === undefined) throw malformed(id, 'its id is not IMAGESETID-VERSION')
  if (!isObject(job.data)) throw malformed(id, 'its data is not an object')
  const { selectors, after, only, failures, ...others } = job.data
  if (Object.keys(others).length > 0) throw malformed(id, 'its data has an unknown member')
  return {
    ...key,
    selectors: selectors === undefined ? [] : listOf(selectors, readStudySelector, id, 'selectors'),
    after: after === undefined ? [] : listOf(after, readEarlier, id, 'after'),
    only: only === undefined ? undefined : readItems(only, readInstance, id, 'only'),
    failures: failures === undefined ? undefined : readItems(failures, readDigest, id, 'failures'),
  }
}

function readItems<Item>(
  value: unknown,
  read: (item: unknown) => Item | undefined,
  id: string,
  member: string,
): readonly Item[] {
  const items = listOf(value, read, id, member)
  if (items.length > mostInstancesNamed)
    throw malformed(id, `its member ${member} has more than ${mostInstancesNamed} items`)
  return items
}

function listOf<Item>(value: unknown, read: (item: unknown) => Item | undefined, id: string, member: string): Item[] {
  const found = itemsOf(value, read)
  if (found === undefined) throw malformed(id, `its member ${member} is malformed`)
  return found
}

/** Reads a list. Returns `undefined` if it has a malformed item or is empty, because an empty list is never written. */
function itemsOf<Item>(value: unknown, read: (item: unknown) => Item | undefined): Item[] | undefined {
  const items: unknown[] = Array.isArray(value) ? value : []
  const found = items.flatMap((item) => read(item) ?? [])
  return items.length === 0 || found.length !== items.length ? undefined : found
}

/** Reads the selector of a study. Returns `undefined` for anything else. */
export function readStudySelector(item: unknown): StudySelector | undefined {
  if (typeof item !== 'string') return undefined
  try {
    const selector = parseSelector(item)
    return 'studyInstanceUid' in selector ? selector : undefined
  } catch {
    return undefined
  }
}

function readEarlier(item: unknown): EarlierImageSet | undefined {
  const [imageSetId, versionId, texts, ...rest]: unknown[] = Array.isArray(item) ? item : []
  if (!isImageSetId(imageSetId) || !isVersionId(versionId) || rest.length > 0) return undefined
  const selectors = texts === undefined ? [] : itemsOf(texts, readStudySelector)
  return selectors && { imageSetId, versionId, selectors }
}

function readInstance(item: unknown): SeriesInstance | undefined {
  const [seriesInstanceUid = '', sopInstanceUid = '', ...rest] = typeof item === 'string' ? item.split('/') : []
  return isUid(seriesInstanceUid) && isUid(sopInstanceUid) && rest.length === 0
    ? { seriesInstanceUid, sopInstanceUid }
    : undefined
}

function readDigest(item: unknown): string | undefined {
  return typeof item === 'string' && isFailureDigest(item) ? item : undefined
}

/** AHI's limit for UIDs at import is 256 characters. */
function isUid(text: string): boolean {
  return text !== '' && text.length <= 256 && !/\p{Cc}/u.test(text)
}

function areSame(read: readonly StudySelector[], written: readonly StudySelector[]): boolean {
  return read.every((selector, index) => isSameSelector(selector, written[index]))
}

function isSameSelector(a: StudySelector, b: StudySelector | undefined): boolean {
  return (
    a.studyInstanceUid === b?.studyInstanceUid &&
    a.seriesInstanceUid === b.seriesInstanceUid &&
    a.sopInstanceUid === b.sopInstanceUid
  )
}

function malformed(jobId: string, why: string): FleetError {
  return new FleetError(
    'FLEET_JOB_MALFORMED',
    `Cannot run job '${shown(jobId)}': ${why}; if no fleet added the job, find out what else writes to this Redis`,
    { jobId },
  )
}
