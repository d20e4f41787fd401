import { createKeyMap } from '../keys/key-map.ts'
import type { KeyMapOptions } from '../keys/key-map.ts'
import { createGroupedKeys, splitPath } from './grouped-key.ts'
import type { FinishedImageSet, ManifestLine, RecordedFile } from './manifest-line.ts'

/** Where a line stands in a manifest. */
export interface LinePosition {
  /** Counted from 1. */
  readonly line: number
  /** Bytes of the manifest up to the end of the line. */
  readonly endOffset: number
  /** Whether the line and its file are known to survive a power cut. */
  readonly isFlushed: boolean
}

/** A line that says that an image set is finished. */
type FinishedLine = FinishedImageSet & Pick<LinePosition, 'line' | 'isFlushed'>

/** Which lines of a manifest are in force, without the lines themselves. */
export interface ManifestIndex extends Disposable {
  /** Takes the next line. */
  take(line: ManifestLine, position: LinePosition): void
  /** Returns whether a line is the last about its subject. To be asked when all lines are taken. */
  isInForce(line: ManifestLine, number: number): boolean
  /** Returns whether the last line about a path names a file that a line about its image set made useless. */
  isReplaced(file: RecordedFile, number: number): boolean
  /** Returns whether a path belongs to a file that the manifest names. */
  hasFile(path: string): boolean
  /** Paths that have a line in force. */
  readonly paths: number
  /** Image sets that are finished. */
  readonly finishedImageSets: number
  finished(): Iterable<FinishedLine>
  /** Whether a line made files useless that were named before. */
  readonly hasUseless: boolean
  /** Lines of files that may wait in the staging folder still. Their image sets are finished. */
  stagedLines(): ReadonlySet<number>
  /** Line where the export was last started over; 0 if it never was. */
  readonly startOverLine: number
}

/** What the lines say of an image set. */
interface ImageSetLines {
  readonly finished?: FinishedLine | undefined
  /** Line before which all files are useless. */
  readonly removedAt: number
  /** Line before which files of other versions are useless, and the version that stays. */
  readonly replacedAt: number
  readonly keptVersion: string
}

const noLines: ImageSetLines = { removedAt: 0, replacedAt: 0, keptVersion: '' }

/** Makes the index of an empty manifest. */
export function createManifestIndex(options: KeyMapOptions): ManifestIndex {
  /** The last line of each path; negative if it says that the file is removed. */
  const lastLines = createKeyMap<number>(options)
  const imageSets = createKeyMap<ImageSetLines>(options)
  const keyOf = createGroupedKeys()
  /** Lines of files whose image set is not finished: they are not of the export yet. Few sets are under way at a time. */
  const waiting = new Map<string, { readonly key: string; readonly versionId: string; readonly line: number }[]>()
  const staged = new Map<string, readonly number[]>()
  let startOverLine = 0
  let finishedImageSets = 0
  let hasUseless = false
  let hasStaged = false
  let fileLines = 0

  function pathKey(path: string): string {
    return keyOf(...splitPath(path))
  }

  function setLastLine(key: string, line: number): void {
    fileLines += 1
    if (!lastLines.add(key, line)) lastLines.set(key, line)
  }

  function wait({ path, imageSetId, versionId }: RecordedFile, line: number): void {
    hasStaged = true
    const others = waiting.get(imageSetId) ?? []
    others.push({ key: pathKey(path), versionId, line })
    waiting.set(imageSetId, others)
  }

  function finish(finished: FinishedLine): void {
    const { imageSetId, versionId, line } = finished
    const arrived = (waiting.get(imageSetId) ?? []).filter((file) => file.versionId === versionId)
    waiting.delete(imageSetId)
    for (const file of arrived) setLastLine(file.key, file.line)
    // The first line of this kind decides that the files are moved, the second one says that they were.
    if (arrived.length === 0) staged.delete(imageSetId)
    else
      staged.set(
        imageSetId,
        arrived.map((file) => file.line),
      )
    const known = imageSets.get(imageSetId) ?? noLines
    if (known.finished === undefined) finishedImageSets += 1
    const replaced = finished.replaces === true ? { replacedAt: line, keptVersion: versionId } : {}
    hasUseless ||= finished.replaces === true
    imageSets.set(imageSetId, { ...known, ...replaced, finished })
  }

  function isCut({ imageSetId, versionId }: RecordedFile, line: number): boolean {
    const { removedAt, replacedAt, keptVersion } = imageSets.get(imageSetId) ?? noLines
    return line < removedAt || (line < replacedAt && versionId !== keptVersion)
  }

  function isLast(file: RecordedFile, number: number): boolean {
    // If no path has two lines, there is nothing to look up.
    if (!hasUseless && !hasStaged && fileLines === lastLines.size) return true
    return lastLines.get(pathKey(file.path)) === number
  }

  return {
    take(line, position) {
      const { line: number } = position
      if (line.kind === 'file') setLastLine(pathKey(line.file.path), number)
      else if (line.kind === 'staged') wait(line.file, number)
      else if (line.kind === 'finished') finish({ ...line.imageSet, line: number, isFlushed: position.isFlushed })
      else if (line.kind === 'removed') {
        lastLines.set(pathKey(line.path), -number)
        hasUseless = true
      } else if (line.kind === 'removed-image-set') {
        imageSets.set(line.imageSetId, { ...noLines, removedAt: number })
        hasUseless = true
      } else startOverLine = number
    },
    isInForce(line, number) {
      if (line.kind === 'file' || line.kind === 'staged') {
        return isLast(line.file, number) && !(hasUseless && isCut(line.file, number))
      }
      if (line.kind === 'removed') return lastLines.get(pathKey(line.path)) === -number
      if (line.kind === 'finished') return imageSets.get(line.imageSet.imageSetId)?.finished?.line === number
      return line.kind === 'started-over' && number === startOverLine
    },
    isReplaced: (file, number) => hasUseless && isCut(file, number) && isLast(file, number),
    hasFile: (path) => (lastLines.get(pathKey(path)) ?? 0) > 0,
    get paths() {
      return lastLines.size
    },
    get finishedImageSets() {
      return finishedImageSets
    },
    *finished() {
      for (const [, { finished }] of imageSets.entries()) {
        if (finished !== undefined && finished.line > startOverLine) yield finished
      }
    },
    get hasUseless() {
      return hasUseless
    },
    stagedLines: () => new Set([...staged.values()].flat()),
    get startOverLine() {
      return startOverLine
    },
    [Symbol.dispose]() {
      lastLines[Symbol.dispose]()
      imageSets[Symbol.dispose]()
    },
  }
}
