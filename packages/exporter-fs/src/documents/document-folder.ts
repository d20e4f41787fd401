import { constants } from 'node:fs'
import { chmod, mkdir, open, rename, rm } from 'node:fs/promises'
import { hash, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { constants as zlibConstants, gunzip, gzip } from 'node:zlib'
import type { DocumentKey, DocumentStore } from '@ahi-dicom/export-files'
import { translated } from '../file/file-system-error.ts'
import { plainFlags } from '../file/plain-file.ts'
import type { FolderOptions } from '../folder/folder-writer.ts'

const pack = promisify(gzip)
const unpack = promisify(gunzip)

/** For the user alone: the documents describe patients. */
const folderMode = 0o700
const fileMode = 0o600

/** What a file begins with, before its digest. Other versions of the product may write another one. */
const firstWords = 'ahi-dicom document 1 '

/** Longer documents are not read back. AHI's quota is 50 MB. */
const mostBytes = 2 ** 29

/**
 * Makes a folder keep metadata documents, packed, a file for each version of an image set. Folder and files are readable by
 * the user alone, whatever the umask says. A file is seen whole or not at all. It is read back if it is the user's own and
 * matches the digest that it begins with; anything else counts as not there. Nothing is ever removed: remove the folder.
 */
export function documentFolder({ directory }: FolderOptions): DocumentStore {
  return {
    async read(key) {
      const bytes = await readOwnFile(join(directory, nameOf(key)))
      return bytes && (await content(bytes, key))
    },
    write: (key, bytes) =>
      translated('keep the document in', directory, async () => {
        await makePrivateFolder(directory)
        await writePrivately(join(directory, nameOf(key)), await entry(bytes, key))
      }),
  }
}

async function makePrivateFolder(directory: string): Promise<void> {
  const first = await mkdir(directory, { recursive: true, mode: folderMode })
  if (first !== undefined) await chmod(directory, folderMode)
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

/** A file that is torn by a power cut does not match its digest, so it is not flushed. */
async function writePrivately(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.part`
  try {
    await writeNew(temporary, bytes)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {})
    throw error
  }
}

async function writeNew(path: string, bytes: Uint8Array): Promise<void> {
  await using handle = await open(path, 'wx', fileMode)
  await handle.writeFile(bytes)
}
