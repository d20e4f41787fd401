import { hash } from 'node:crypto'
import { tags } from '@ahi-dicom/dicom-standard'
import {
  openPart10,
  plainText,
  UnreadableFileError,
  type FileElement,
  type OpenedPart10,
} from '@ahi-dicom/dicom-standard/reader'
import { scopeOf, type Scope } from '../attributes/scope.ts'
import { isShared } from '../attributes/shared-attributes.ts'
import type { Side } from '../difference.ts'
import { withFile, type FileFolder } from './file-folder.ts'
import type { FolderIndex } from './index-folder.ts'

/** A folder and its index. */
export interface IndexedFolder {
  readonly folder: FileFolder
  readonly index: FolderIndex
}

/** First tag of pixel data. No attribute after it is shared. */
const pixelGroup = 0x7fe00000

/**
 * Returns a function that reads the attributes that AHI keeps once per series, from all originals of the series,
 * without duplicates. It caches the last series, because instances are compared series by series.
 */
export function createSeriesCompanions(
  folders: Readonly<Record<Side, IndexedFolder>>,
): (side: Side, original: OpenedPart10) => Promise<readonly Scope[]> {
  let last: { readonly key: string; readonly scopes: Promise<readonly Scope[]> } | undefined
  return async (side, { dataSet }) => {
    const seriesInstanceUid = plainText(dataSet.get(tags.seriesInstanceUid))
    const key = `${side} ${seriesInstanceUid}`
    if (last?.key !== key) last = { key, scopes: readCompanions(folders[side], seriesInstanceUid) }
    return await last.scopes
  }
}

async function readCompanions({ folder, index }: IndexedFolder, seriesInstanceUid: string): Promise<readonly Scope[]> {
  const series = index.seriesNumbers.get(seriesInstanceUid)
  const scopes = new Map<string, Scope>()
  for (const entry of index.entries.values()) {
    if (entry.series !== series) continue
    for (const path of entry.paths) {
      const scope = await readShared(folder, path)
      if (scope !== undefined) scopes.set(fingerprint(scope), scope)
    }
  }
  return [...scopes.values()]
}

async function readShared(folder: FileFolder, path: string): Promise<Scope | undefined> {
  try {
    const opened = await withFile(folder, path, (file) => openPart10(file, { endBefore: pixelGroup }))
    const kept = [...opened.dataSet].filter(([tag]) => tag === tags.specificCharacterSet || isShared(tag))
    return scopeOf(new Map(kept), { characterSet: [''], isExplicit: opened.encoding.isExplicit })
  } catch (error) {
    // The file is reported when it is compared itself.
    if (error instanceof UnreadableFileError) return undefined
    throw error
  }
}

function fingerprint({ dataSet, isExplicit }: Scope): string {
  return hash('sha256', `${isExplicit} ${[...dataSet.values()].map(elementText).join('\n')}`)
}

function elementText({ tag, vr, value, items = [] }: FileElement): string {
  const inner = items.map((item) => `{${[...item.values()].map(elementText).join('\n')}}`)
  return `${tag} ${vr} ${Buffer.from(value).toString('base64')} ${inner.join('')}`
}
