/** Reads numbers and texts in sequence, big endian. */
export interface ByteCursor {
  /** Returns the number of bytes left. */
  left(): number
  uint8(): number
  uint16(): number
  uint32(): number
  skip(byteLength: number): void
  /** Returns a view of the next bytes. */
  bytes(byteLength: number): Uint8Array
  /** Returns the next bytes as text, without padding of spaces and NULs. */
  text(byteLength: number): string
  /** Returns a cursor over only the next bytes. */
  part(byteLength: number): ByteCursor
}

/** Creates a cursor. `fail` is called if bytes are missing, and must throw. */
export function createByteCursor(bytes: Uint8Array, fail: (why: string) => never): ByteCursor {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let offset = 0

  /** Returns the offset of the next bytes and moves past them. */
  function take(byteLength: number): number {
    const left = bytes.byteLength - offset
    if (byteLength > left) fail(`a field needs ${byteLength} bytes, ${left} are left`)
    offset += byteLength
    return offset - byteLength
  }

  function next(byteLength: number): Uint8Array {
    const start = take(byteLength)
    return bytes.subarray(start, start + byteLength)
  }

  return {
    left: () => bytes.byteLength - offset,
    uint8: () => view.getUint8(take(1)),
    uint16: () => view.getUint16(take(2)),
    uint32: () => view.getUint32(take(4)),
    skip: (byteLength) => void take(byteLength),
    bytes: next,
    text: (byteLength) =>
      Buffer.from(next(byteLength))
        .toString('latin1')
        .replaceAll(/^[\0 ]+|[\0 ]+$/g, ''),
    part: (byteLength) => createByteCursor(next(byteLength), fail),
  }
}
