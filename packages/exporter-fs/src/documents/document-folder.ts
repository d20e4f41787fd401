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

/** The documents describe patients. */
const calls = createAsynchronousCalls({ ...privateModes, isExact: true })

/** A file that is torn by a power cut does not match its digest, so it is not flushed. */
async function keep({ fd }: UnflushedFile): Promise<void> {
  await calls.close(fd)
}

/** What a file begins with, before its digest. Other versions of the product may write another one. */
const firstWords = 'ahi-dicom document 1 '

/** Longer documents are not read back. AHI's quota is 50 MB. */
const mostBytes = 2 ** 29

/**
 * Makes a folder keep metadata documents, packed, a file for each version of an image set. Folder and files are readable by
 * the user alone, whatever the umask says. A file is seen whole or not at all. It is read back if it is the user's own and
 * matches the digest that it begins with; anything else counts as not there. Nothing is ever removed: remove the folder.
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

/** One name below the folder, whatever the identifiers are. */
function nameOf({ datastoreId, imageSetId, versionId }: DocumentKey): string {
  return `${[datastoreId, imageSetId, versionId].map(encodeURIComponent).join('-')}.json.gz`
}

/** The digest is that of the key as well: a file under the name of another one is none of this key. */
function digestOf(packed: Uint8Array, { datastoreId, imageSetId, versionId }: DocumentKey): string {
  const key = hash('sha256', JSON.stringify([datastoreId, imageSetId, versionId]))
  return hash('sha256', Buffer.concat([Buffer.from(key), packed]))
}

async function entry(bytes: Uint8Array, key: DocumentKey): Promise<Uint8Array> {
  const packed = await pack(bytes, { level: zlibConstants.Z_BEST_SPEED })
  return Buffer.concat([Buffer.from(`${firstWords}${digestOf(packed, key)}\n`), packed])
}

async function content(file: Buffer, key: DocumentKey): Promise<Uint8Array | undefined> {
  const end = file.indexOf('\n')
  const packed = file.subarray(end + 1)
  if (end < 0 || file.toString('latin1', 0, end) !== firstWords + digestOf(packed, key)) return undefined
  try {
    return await unpack(packed, { maxOutputLength: mostBytes })
  } catch {
    return undefined
  }
}

/** Returns undefined for what is not there, cannot be read, is a link, or belongs to another user. */
async function readOwnFile(path: string): Promise<Buffer | undefined> {
  try {
    await using handle = await open(path, constants.O_RDONLY | plainFlags)
    const { uid, size } = await handle.stat()
    const own = process.getuid?.()
    if ((own !== undefined && uid !== own) || size > mostBytes) return undefined
    return await handle.readFile()
  } catch {
    return undefined
  }
}
