import { readFile } from 'node:fs/promises'

/** Returns the files by the SOP Instance UID of each, the first of those with one UID. */
export async function filesByInstance(paths: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>()
  for (const path of paths) {
    const uid = sopInstanceUidOf(await readFile(path))
    if (uid !== undefined && !files.has(uid)) files.set(uid, path)
  }
  return files
}

/**
 * Reads SOP Instance UID (0008,0018), or Media Storage SOP Instance UID (0002,0003), which is another one in some files.
 * Undefined for a file without either.
 */
function sopInstanceUidOf(bytes: Buffer): string | undefined {
  return (
    uidBehind(bytes, '\x08\0\x18\0', 'readUInt16LE') ??
    uidBehind(bytes, '\0\x08\0\x18', 'readUInt16BE') ??
    uidBehind(bytes, '\x02\0\x03\0', 'readUInt16LE')
  )
}

/** The UID has its length behind its VR, or instead of it (PS3.5, 7.1). */
function uidBehind(bytes: Buffer, tag: string, readLength: 'readUInt16LE' | 'readUInt16BE'): string | undefined {
  const at = bytes.subarray(0, 8192).indexOf(tag, 0, 'latin1')
  if (at < 0) return undefined
  const isExplicit = bytes.toString('latin1', at + 4, at + 6) === 'UI'
  const length = isExplicit ? bytes[readLength](at + 6) : bytes.readUInt32LE(at + 4)
  const uid = bytes.toString('latin1', at + 8, at + 8 + Math.min(length, 64)).replaceAll('\0', '')
  return /^[\d.]+$/.test(uid) ? uid : undefined
}
