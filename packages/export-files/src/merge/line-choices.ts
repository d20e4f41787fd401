import { createKeyMap, type KeyMapOptions } from '../keys/key-map.ts'
import { createGroupedKeys, splitPath } from '../record/grouped-key.ts'
import type { FinishedImageSet, RecordedFile } from '../record/manifest-line.ts'
import { compareVersions } from './compare-versions.ts'

/** Position of a line: the index of its source, and its line number there. */
interface LinePlace {
  readonly source: number
  readonly line: number
}

/** A line about a file, without its other members, because there is one for each file in memory. */
export interface Candidate extends LinePlace {
  readonly versionId: string
  readonly bytes: number
  readonly sha256: string
  readonly isFlushed: boolean
  /** True if the file, or another file of its item, lacks data, so that an export that resumes writes it again. */
  readonly hasLoss: boolean
  /** True if the export was started over after this line. */
  readonly isOld: boolean
}

/** Chooses the lines of all records that go into the merged record. */
export interface LineChoices extends Disposable {
  /** Adds a line about a file. */
  add(file: RecordedFile, candidate: Candidate): void
  /** Returns the lines about a path, one for each size and SHA-256. Empty if {@link decide} has dropped all of them. */
  of(path: string): readonly Candidate[]
  /** Keeps one of the lines about a path, or drops all of them if the file is lost. */
  decide(path: string, candidate: Candidate | undefined): void
  /** Returns true if the merged record names a path. */
  has(path: string): boolean
  /** Adds a line about a finished image set. */
  finish(imageSet: FinishedImageSet, place: LinePlace): void
  /** Returns true if this line about a finished image set is the chosen one. */
  isLastFinish(imageSet: FinishedImageSet, place: LinePlace): boolean
  /** Returns true if a version is the newest one of its image set. */
  isNewest(imageSet: Pick<RecordedFile, 'imageSetId' | 'versionId'>): boolean
  /** Number of finished image sets. */
  readonly finishedImageSets: number
  /** True if any image set has several versions. */
  readonly hasVersions: boolean
  /** True if any line is from before an export was started over. */
  readonly hasOld: boolean
}

type StoredCandidate = readonly [
  source: number,
  line: number,
  versionId: string,
  bytes: number,
  sha256: string,
  flags: number,
]

interface ImageSetChoice {
  readonly newest: string
  readonly finished?: LinePlace & Pick<FinishedImageSet, 'versionId' | 'instances' | 'selection'>
}

/** Creates an empty {@link LineChoices}. */
export function createLineChoices(options: KeyMapOptions): LineChoices {
  const files = createKeyMap<readonly StoredCandidate[]>(options)
  const imageSets = createKeyMap<ImageSetChoice>(options)
  const keyOf = createGroupedKeys()
  const pathKey = (path: string): string => keyOf(...splitPath(path))
  let finishedImageSets = 0
  let hasVersions = false
  let hasOld = false

  function see(imageSetId: string, versionId: string): ImageSetChoice {
    const known = imageSets.get(imageSetId)
    if (known?.newest === versionId) return known
    if (known !== undefined) hasVersions = true
    const isNewer = known === undefined || compareVersions(versionId, known.newest) > 0
    const seen = isNewer ? { ...known, newest: versionId } : known
    if (isNewer) imageSets.set(imageSetId, seen)
    return seen
  }

  return {
    add({ path, imageSetId, versionId }, candidate) {
      see(imageSetId, versionId)
      hasOld ||= candidate.isOld
      const key = pathKey(path)
      if (files.add(key, [stored(candidate)])) return
      files.set(key, withCandidate((files.get(key) ?? []).map(restored), candidate).map(stored))
    },
    of: (path) => (files.get(pathKey(path)) ?? []).map(restored),
    decide: (path, candidate) => files.set(pathKey(path), candidate === undefined ? [] : [stored(candidate)]),
    has: (path) => (files.get(pathKey(path)) ?? []).length > 0,
    finish({ imageSetId, versionId, instances, selection }, { source, line }) {
      const { newest, finished } = see(imageSetId, versionId)
      if (finished === undefined) finishedImageSets += 1
      const next = { source, line, versionId, instances, ...(selection !== undefined && { selection }) }
      if (finished === undefined || tellsMore(next, finished)) imageSets.set(imageSetId, { newest, finished: next })
    },
    isLastFinish({ imageSetId }, { source, line }) {
      const finished = imageSets.get(imageSetId)?.finished
      return finished?.source === source && finished.line === line
    },
    isNewest: ({ imageSetId, versionId }) => !hasVersions || imageSets.get(imageSetId)?.newest === versionId,
    get finishedImageSets() {
      return finishedImageSets
    },
    get hasVersions() {
      return hasVersions
    },
    get hasOld() {
      return hasOld
    },
    [Symbol.dispose]() {
      files[Symbol.dispose]()
      imageSets[Symbol.dispose]()
    },
  }
}

/** Adds a line to the lines about a path. Keeps only the better one of two lines with the same size and SHA-256. */
function withCandidate(candidates: readonly Candidate[], added: Candidate): readonly Candidate[] {
  const same = candidates.find((other) => other.sha256 === added.sha256 && other.bytes === added.bytes)
  if (same === undefined) return [...candidates, added]
  return candidates.map((other) => (other === same && isBetter(added, same) ? added : other))
}

/**
 * Returns true if a line is better: first by start-over (later wins), then by version (newer wins), then by having no
 * loss, then by being flushed.
 */
function isBetter(one: Candidate, other: Candidate): boolean {
  if (one.isOld !== other.isOld) return other.isOld
  const order = compareVersions(one.versionId, other.versionId)
  if (order !== 0) return order > 0
  return one.hasLoss === other.hasLoss ? one.isFlushed && !other.isFlushed : other.hasLoss
}

type Finish = NonNullable<ImageSetChoice['finished']>

/**
 * Returns true if a finished line is better: first by version (newer wins), then by a named selection, then by more
 * instances.
 */
function tellsMore(one: Finish, other: Finish): boolean {
  const order = compareVersions(one.versionId, other.versionId)
  if (order !== 0) return order > 0
  if ((one.selection === undefined) !== (other.selection === undefined)) return one.selection !== undefined
  return one.instances > other.instances
}

const flushedFlag = 1
const oldFlag = 2
const lossFlag = 4

function stored({ source, line, versionId, bytes, sha256, isFlushed, isOld, hasLoss }: Candidate): StoredCandidate {
  const flags = (isFlushed ? flushedFlag : 0) + (isOld ? oldFlag : 0) + (hasLoss ? lossFlag : 0)
  return [source, line, versionId, bytes, sha256, flags]
}

function restored([source, line, versionId, bytes, sha256, flags]: StoredCandidate): Candidate {
  const has = (flag: number): boolean => (flags & flag) !== 0
  const [isFlushed, isOld, hasLoss] = [has(flushedFlag), has(oldFlag), has(lossFlag)]
  return { source, line, versionId, bytes, sha256, isFlushed, isOld, hasLoss }
}
