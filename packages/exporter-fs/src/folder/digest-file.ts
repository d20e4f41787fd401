import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import type { FileDigest } from '@ahi-dicom/export-files'
import { createSynchronousCalls } from '../file/file-calls.ts'
import { modesOf } from '../file/modes.ts'
import { linkError, notAFile, plainFlags } from '../file/plain-file.ts'
import { createFolderGuard } from './folder-guard.ts'

const chunkLength = 1024 * 1024

/**
 * Returns a function that computes size and SHA-256 of a file of the folder, or returns undefined if the file does not exist. It
 * reads with blocking calls, which take less CPU time.
 */
export function createFileDigester(directory: string): (path: string) => Promise<FileDigest | undefined> {
  const guard = createFolderGuard(directory, createSynchronousCalls(modesOf(undefined)))
  const chunk = Buffer.allocUnsafeSlow(chunkLength)
  return async (path) => {
    await guard.check(path)
    return digestOf(`${directory}/${path}`, chunk)
  }
}

function digestOf(path: string, chunk: Buffer): FileDigest | undefined {
  const found = fs.lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined) return undefined
  if (found.isSymbolicLink()) throw linkError(path)
  if (!found.isFile()) throw notAFile(path)
  const fd = fs.openSync(path, fs.constants.O_RDONLY | plainFlags)
  try {
    const hash = createHash('sha256')
    let byteLength = 0
    for (;;) {
      const bytesRead = fs.readSync(fd, chunk)
      if (bytesRead === 0) return { byteLength, sha256: hash.digest('hex') }
      hash.update(chunk.subarray(0, bytesRead))
      byteLength += bytesRead
    }
  } finally {
    fs.closeSync(fd)
  }
}
