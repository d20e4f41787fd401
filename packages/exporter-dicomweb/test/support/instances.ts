import type { OutputFile } from '@ahi-dicom/export-files'

/** Returns an instance in Explicit VR Little Endian that has only its UID and bytes. */
export function instanceBytes(uid: string, { byteLength = 0, transferSyntaxUid = '1.2.840.10008.1.2.1' } = {}): Buffer {
  const meta = [element(2, 3, 'UI', uid), element(2, 16, 'UI', transferSyntaxUid)]
  const dataSet = [element(8, 24, 'UI', uid), longElement(0x7fe0, 0x10, 'OB', Buffer.alloc(byteLength, uid))]
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), ...meta, ...dataSet])
}

/** Returns a file with an instance. */
export function instanceFile(uid: string, options?: Parameters<typeof instanceBytes>[1]): OutputFile {
  return fileOf(`study/${uid}.dcm`, instanceBytes(uid, options))
}

/** Returns a file with chunks that are valid only until the next one is requested. */
export function fileOf(path: string, bytes: Uint8Array, chunkLength = 50_000): OutputFile {
  return { path, format: 'dcm', mediaType: 'application/dicom', chunks: reusedChunks(bytes, chunkLength) }
}

function* reusedChunks(bytes: Uint8Array, chunkLength: number): Generator<Uint8Array> {
  const memory = new Uint8Array(chunkLength)
  for (let start = 0; start < bytes.byteLength; start += chunkLength) {
    const chunk = bytes.subarray(start, start + chunkLength)
    memory.set(chunk)
    yield memory.subarray(0, chunk.byteLength)
    memory.fill(0xee)
  }
}

/** Returns the UID of an instance from {@link instanceBytes}. */
export function instanceUid(bytes: Buffer): string {
  const text = bytes.toString('latin1', 0, 400)
  const start = text.indexOf('\u0008\0\u0018\0UI') + 8
  return /^[\d.]*/.exec(text.slice(start))?.[0] ?? ''
}

function element(group: number, number: number, vr: string, text: string): Buffer {
  const value = Buffer.from(text.length % 2 === 0 ? text : `${text}\0`)
  const head = Buffer.alloc(8)
  head.writeUInt16LE(group, 0)
  head.writeUInt16LE(number, 2)
  head.write(vr, 4, 'latin1')
  head.writeUInt16LE(value.byteLength, 6)
  return Buffer.concat([head, value])
}

function longElement(group: number, number: number, vr: string, value: Buffer): Buffer {
  const head = Buffer.alloc(12)
  head.writeUInt16LE(group, 0)
  head.writeUInt16LE(number, 2)
  head.write(vr, 4, 'latin1')
  head.writeUInt32LE(value.byteLength, 8)
  return Buffer.concat([head, value])
}
