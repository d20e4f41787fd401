/** Reads numbers and texts, big endian, one behind another. */
export interface ByteCursor {
  /** Bytes that are left. */
  left(): number
  uint8(): number
  uint16(): number
  uint32(): number
  skip(byteLength: number): void
  /** A view of the next bytes. */
  bytes(byteLength: number): Uint8Array
  /** Without padding of spaces and NULs. */
  text(byteLength: number): string
  /** A cursor over the next bytes alone. */
  part(byteLength: number): ByteCursor
}

/** Makes a cursor. `fail` is called for bytes that are not there, and throws. */
export function createByteCursor(bytes: Uint8Array, fail: (why: string) => never): ByteCursor {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let offset = 0

  /** Returns where the next bytes begin, and moves behind them. */
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
