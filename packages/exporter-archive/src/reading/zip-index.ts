import { getFileNameLowLevel, openPromise, type Entry, type ZipFile } from 'yauzl'
import { buildIndex, type ArchiveIndex, type EntryPlace } from './archive-index.ts'

/** Reads the directory of a ZIP. */
export function indexZip(path: string): Promise<ArchiveIndex> {
  return buildIndex(async (builder) => {
    // Names are taken as they are: the reader would refuse the whole archive for one that leads out of it.
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

/** Mode bits of a symbolic link, where the ZIP was made by Unix (APPNOTE 4.4.2). */
function isLink({ versionMadeBy, externalFileAttributes }: Entry): boolean {
  const isOfUnix = versionMadeBy >> 8 === 3
  return isOfUnix && ((externalFileAttributes >>> 16) & 0o170000) === 0o120000
}

const stored = 0
const deflated = 8

async function placeOf(zip: ZipFile, entry: Entry): Promise<EntryPlace> {
  const { compressionMethod, compressedSize, uncompressedSize } = entry
  if (entry.isEncrypted() || (compressionMethod !== stored && compressionMethod !== deflated)) {
    throw new Error('an entry is encrypted, or compressed in a way that no export is')
  }
  const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true })
  const isDeflated = compressionMethod === deflated
  return { start: fileDataStart, storedBytes: compressedSize, byteLength: uncompressedSize, isDeflated }
}
