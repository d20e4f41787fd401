import { getFileNameLowLevel, openPromise, type Entry, type ZipFile } from 'yauzl'
import { buildIndex, type ArchiveIndex, type EntryPlace } from './archive-index.ts'

/** Builds the index of a ZIP from its central directory. */
export function indexZip(path: string): Promise<ArchiveIndex> {
  return buildIndex(async (builder) => {
    // Without `decodeStrings: false`, yauzl refuses the whole archive if one entry has a path that leads out of it.
    const zip = await openPromise(path, { lazyEntries: true, autoClose: false, decodeStrings: false })
    try {
      for await (const entry of zip.eachEntry()) {
        const name = nameOf(entry)
        if (name.endsWith('/')) continue
        if (isLink(entry)) builder.link(name)
        else builder.file(name, await placeOf(zip, entry))
      }
    } finally {
      zip.close()
    }
  })
}

function nameOf({ generalPurposeBitFlag, fileNameRaw, extraFields }: Entry): string {
  return getFileNameLowLevel(generalPurposeBitFlag, fileNameRaw, extraFields, true)
}

/** Returns whether an entry is a symbolic link, by the mode bits of ZIPs made on Unix (APPNOTE 4.4.2). */
function isLink({ versionMadeBy, externalFileAttributes }: Entry): boolean {
  const isOfUnix = versionMadeBy >> 8 === 3
  return isOfUnix && ((externalFileAttributes >>> 16) & 0o170000) === 0o120000
}

const stored = 0
const deflated = 8

async function placeOf(zip: ZipFile, entry: Entry): Promise<EntryPlace> {
  const { compressionMethod, compressedSize, uncompressedSize } = entry
  if (entry.isEncrypted() || (compressionMethod !== stored && compressionMethod !== deflated)) {
    throw new Error('an entry is encrypted, or compressed by a method other than deflate')
  }
  const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true })
  const isDeflated = compressionMethod === deflated
  return { start: fileDataStart, storedBytes: compressedSize, byteLength: uncompressedSize, isDeflated }
}
