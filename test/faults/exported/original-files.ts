import { readFile } from 'node:fs/promises'

/** Returns the files of which each has an instance of its own, the first of those with one UID. */
export async function oneOfEachInstance(paths: readonly string[]): Promise<string[]> {
  const files = new Map<string, string>()
  for (const path of paths) {
    const uid = sopInstanceUidOf(await readFile(path))
    if (uid !== undefined && !files.has(uid)) files.set(uid, path)
  }
  return [...files.values()]
}

/**
 * Reads SOP Instance UID (0008,0018) of a little-endian data set, or Media Storage SOP Instance UID (0002,0003), which is
 * another one in some files. Undefined for a file without either.
 */
function sopInstanceUidOf(bytes: Buffer): string | undefined {
  return uidBehind(bytes, [0x08, 0x00, 0x18, 0x00]) ?? uidBehind(bytes, [0x02, 0x00, 0x03, 0x00])
}

/** The UID has its length behind its VR, or instead of it (PS3.5, 7.1). */
function uidBehind(bytes: Buffer, tag: readonly number[]): string | undefined {
  const at = bytes.subarray(0, 8192).indexOf(Buffer.from(tag))
  if (at < 0) return undefined
  const isExplicit = bytes.toString('latin1', at + 4, at + 6) === 'UI'
  const length = isExplicit ? bytes.readUInt16LE(at + 6) : bytes.readUInt32LE(at + 4)
  const uid = bytes.toString('latin1', at + 8, at + 8 + Math.min(length, 64)).replaceAll('\0', '')
  return /^[\d.]+$/.test(uid) ? uid : undefined
}
