import { createKeyMap } from '../keys/key-map.ts'
import type { KeyMapOptions } from '../keys/key-map.ts'
import { createGroupedKeys, splitPath } from './grouped-key.ts'
import type { FinishedImageSet, ManifestLine, RecordedFile } from './manifest-line.ts'

/** Position of a line in a manifest. */
export interface LinePosition {
  /** Line number, starting at 1. */
  readonly line: number
  /** Offset of the end of the line in the manifest, in bytes. */
  readonly endOffset: number
  /** True if the line and its file are known to survive a power cut. */
  readonly isFlushed: boolean
}

/** A line about a finished image set. */
type FinishedLine = FinishedImageSet & Pick<LinePosition, 'line' | 'isFlushed'>

/** Knows which lines of a manifest are in force, without keeping the lines. A later line overrides an earlier one. */
export interface ManifestIndex extends Disposable {
  /** Adds the next line. */
  take(line: ManifestLine, position: LinePosition): void
  /** Returns true if a line is in force: no later line overrides it. Call it after all lines are added. */
  isInForce(line: ManifestLine, number: number): boolean
  /** Returns true if a line is the last about its path, but a later line about its image set made the file obsolete. */
  isReplaced(file: RecordedFile, number: number): boolean
  /** Returns true if the last line about a path names a file there. */
  hasFile(path: string): boolean
  /** Number of paths with a line in force. */
  readonly paths: number
  /** Number of finished image sets. */
  readonly finishedImageSets: number
  /** Yields the lines about finished image sets that are in force, since the export was last started over. */
  finished(): Iterable<FinishedLine>
  /** True if a line made files obsolete that earlier lines name. */
  readonly hasObsolete: boolean
  /** Returns the lines of files that may still be in the staging folder, although their image sets are finished. */
  stagedLines(): ReadonlySet<number>
  /** Number of the last line that started the export over. 0 if it never was. */
  readonly startOverLine: number
}

/** Lines about an image set. */
interface ImageSetLines {
  readonly finished?: FinishedLine | undefined
  /** Earlier lines name obsolete files. */
  readonly removedAt: number
  /** Earlier lines name obsolete files, except for files of `keptVersion`. */
  readonly replacedAt: number
  readonly keptVersion: string
}

const noLines: ImageSetLines = { removedAt: 0, replacedAt: 0, keptVersion: '' }

/** Creates the index of an empty manifest. */
export function createManifestIndex(options: KeyMapOptions): ManifestIndex {
  /** Number of the last line about each path. Negative if that line says that the file is removed. */
  const lastLines = createKeyMap<number>(options)
  const imageSets = createKeyMap<ImageSetLines>(options)
  const keyOf = createGroupedKeys()
  /**
   * Lines of staged files whose image set is not finished. Few image sets are written at a time, so this stays small.
   */
  const waiting = new Map<string, { readonly key: string; readonly versionId: string; readonly line: number }[]>()
  const staged = new Map<string, readonly number[]>()
  let startOverLine = 0
  let finishedImageSets = 0
  let hasObsolete = false
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
    // The first finished line after staged lines means that the files are to be moved, the second that they were moved.
    if (arrived.length === 0) staged.delete(imageSetId)
    else
      staged.set(
        imageSetId,
        arrived.map((file) => file.line),
      )
    const known = imageSets.get(imageSetId) ?? noLines
    if (known.finished === undefined) finishedImageSets += 1
    const replaced = finished.replaces === true ? { replacedAt: line, keptVersion: versionId } : {}
    hasObsolete ||= finished.replaces === true
    imageSets.set(imageSetId, { ...known, ...replaced, finished })
  }

  function isObsolete({ imageSetId, versionId }: RecordedFile, line: number): boolean {
    const { removedAt, replacedAt, keptVersion } = imageSets.get(imageSetId) ?? noLines
    return line < removedAt || (line < replacedAt && versionId !== keptVersion)
  }

  function isLast(file: RecordedFile, number: number): boolean {
    // Without a lookup: no path has two lines.
    if (!hasObsolete && !hasStaged && fileLines === lastLines.size) return true
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
        hasObsolete = true
      } else if (line.kind === 'removed-image-set') {
        imageSets.set(line.imageSetId, { ...noLines, removedAt: number })
        hasObsolete = true
      } else startOverLine = number
    },
    isInForce(line, number) {
      if (line.kind === 'file' || line.kind === 'staged') {
        return isLast(line.file, number) && !(hasObsolete && isObsolete(line.file, number))
      }
      if (line.kind === 'removed') return lastLines.get(pathKey(line.path)) === -number
      if (line.kind === 'finished') return imageSets.get(line.imageSet.imageSetId)?.finished?.line === number
      return line.kind === 'started-over' && number === startOverLine
    },
    isReplaced: (file, number) => hasObsolete && isObsolete(file, number) && isLast(file, number),
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
    get hasObsolete() {
      return hasObsolete
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
