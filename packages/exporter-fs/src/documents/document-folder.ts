import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { hash } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { constants as zlibConstants, gunzip, gzip } from 'node:zlib'
import type { DocumentKey, DocumentStore, OutputError } from '@ahi-dicom/export-files'
import { createAsynchronousCalls } from '../file/file-calls.ts'
import { outputError } from '../file/file-system-error.ts'
import { privateModes } from '../file/modes.ts'
import { plainFlags } from '../file/plain-file.ts'
import type { UnflushedFile } from '../file/unflushed-files.ts'
import { writeWhole } from '../file/write-whole.ts'
import type { FolderOptions } from '../folder/folder-writer.ts'

const pack = promisify(gzip)
const unpack = promisify(gunzip)

/** The documents contain patient data, so only the user can read them, whatever the umask is. */
const calls = createAsynchronousCalls({ ...privateModes, isExact: true })

/** Closes the file without flushing it. If a power cut damages it, it does not match its digest and is ignored. */
async function keep({ fd }: UnflushedFile): Promise<void> {
  await calls.close(fd)
}

/** The first bytes of a file, before its digest. The number is the version of the format. */
const magic = 'ahi-dicom document 1 '

/** Larger files and documents are not read back. AHI's quota is 50 MB. */
const maxBytes = 2 ** 29

/**
 * Returns a store that keeps metadata documents in a folder, one gzip file for each version of an image set. Only the user can
 * read the folder and its files, whatever the umask is. A file appears whole or not at all. It is read back if it belongs to
 * the user and matches the digest at its start. Any other file counts as missing. The store never removes files: remove the
 * folder when it is no longer needed.
 *
 * @example
 * import { cacheDocuments, createExporter } from '@ahi-dicom/exporter'
 * import { documentFolder } from '@ahi-dicom/exporter-fs'
 *
 * await using exporter = createExporter({ client: cacheDocuments(client, documentFolder({ directory: './cache' })) })
 * await exporter.loadImageSet({ datastoreId, imageSetId })
 */
export function documentFolder({ directory }: FolderOptions): DocumentStore {
  return {
    async read(key) {
      const bytes = await readOwnFile(join(directory, nameOf(key)))
      return bytes && (await content(bytes, key))
    },
    async write(key, bytes) {
      const packed = await entry(bytes, key)
      await writeWhole(join(directory, nameOf(key)), [packed], { calls, keep }).catch(({ cause }: OutputError) => {
        throw outputError(cause, 'keep the document in', directory)
      })
    },
  }
}

/** Returns the file name of a document. Identifiers are encoded, so that it cannot lead out of the folder. */
function nameOf({ datastoreId, imageSetId, versionId }: DocumentKey): string {
  return `${[datastoreId, imageSetId, versionId].map(encodeURIComponent).join('-')}.json.gz`
}

/** Returns the digest of key and content together, so that a renamed file does not match. */
function digestOf(packed: Uint8Array, { datastoreId, imageSetId, versionId }: DocumentKey): string {
  const key = hash('sha256', JSON.stringify([datastoreId, imageSetId, versionId]))
  return hash('sha256', Buffer.concat([Buffer.from(key), packed]))
}

async function entry(bytes: Uint8Array, key: DocumentKey): Promise<Uint8Array> {
  const packed = await pack(bytes, { level: zlibConstants.Z_BEST_SPEED })
  return Buffer.concat([Buffer.from(`${magic}${digestOf(packed, key)}\n`), packed])
}

async function content(file: Buffer, key: DocumentKey): Promise<Uint8Array | undefined> {
  const end = file.indexOf('\n')
  const packed = file.subarray(end + 1)
  if (end < 0 || file.toString('latin1', 0, end) !== magic + digestOf(packed, key)) return undefined
  try {
    return await unpack(packed, { maxOutputLength: maxBytes })
  } catch {
    return undefined
  }
}

/** Returns the file's bytes, or undefined if it is missing, unreadable, too large, a link, or belongs to another user. */
async function readOwnFile(path: string): Promise<Buffer | undefined> {
  try {
    await using handle = await open(path, constants.O_RDONLY | plainFlags)
    const { uid, size } = await handle.stat()
    const own = process.getuid?.()
    if ((own !== undefined && uid !== own) || size > maxBytes) return undefined
    return await handle.readFile()
  } catch {
    return undefined
  }
}
