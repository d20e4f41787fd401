/** A growing buffer of little-endian values. Set `length` to a smaller value to overwrite the bytes after it. */
export class ByteWriter {
  length = 0
  #bytes: Uint8Array<ArrayBuffer>
  #view: DataView<ArrayBuffer>

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity)
    this.#view = new DataView(this.#bytes.buffer)
  }

  get capacity(): number {
    return this.#bytes.length
  }

  /** Returns a copy of the written bytes. */
  take(start = 0, end: number = this.length): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(start, end)
  }

  uint8(value: number): void {
    this.#reserve(1)
    this.#bytes[this.length++] = value
  }

  uint16(value: number): void {
    this.#reserve(2)
    this.#view.setUint16(this.length, value, true)
    this.length += 2
  }

  uint32(value: number): void {
    this.#reserve(4)
    this.#view.setUint32(this.length, value, true)
    this.length += 4
  }

  uint64(value: bigint): void {
    this.#reserve(8)
    this.#view.setBigUint64(this.length, value, true)
    this.length += 8
  }

  float32(value: number): void {
    this.#reserve(4)
    this.#view.setFloat32(this.length, value, true)
    this.length += 4
  }

  float64(value: number): void {
    this.#reserve(8)
    this.#view.setFloat64(this.length, value, true)
    this.length += 8
  }

  bytes(value: Uint8Array): void {
    this.#reserve(value.length)
    this.#bytes.set(value, this.length)
    this.length += value.length
  }

  zeros(count: number): void {
    this.#reserve(count)
    this.#bytes.fill(0, this.length, this.length + count)
    this.length += count
  }

  /** Writes the tag and VR of an element (PS3.5 7.1.2) with a length of zero, which is set later. */
  elementHeader(tag: number, { vr, longLength }: { readonly vr: string; readonly longLength: boolean }): void {
    this.#reserve(12)
    const bytes = this.#bytes
    const start = this.length
    bytes[start] = tag >>> 16
    bytes[start + 1] = tag >>> 24
    bytes[start + 2] = tag
    bytes[start + 3] = tag >>> 8
    bytes[start + 4] = vr.charCodeAt(0)
    bytes[start + 5] = vr.charCodeAt(1)
    this.length += longLength ? 12 : 8
    bytes.fill(0, start + 6, this.length)
  }

  /** Writes ASCII text and returns true. Returns false and writes nothing if a character is not ASCII. */
  ascii(value: string): boolean {
    this.#reserve(value.length)
    const bytes = this.#bytes
    const start = this.length
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index)
      if (code > 0x7f) return false
      bytes[start + index] = code
    }
    this.length += value.length
    return true
  }

  setUint16(offset: number, value: number): void {
    this.#view.setUint16(offset, value, true)
  }

  setUint32(offset: number, value: number): void {
    this.#view.setUint32(offset, value, true)
  }

  /** Moves the bytes from `offset` on by `count` bytes. */
  insert(offset: number, count: number): void {
    this.#reserve(count)
    this.#bytes.copyWithin(offset + count, offset, this.length)
    this.length += count
  }

  #reserve(count: number): void {
    const needed = this.length + count
    if (needed <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(needed, this.#bytes.length * 2))
    grown.set(this.#bytes.subarray(0, this.length))
    this.#bytes = grown
    this.#view = new DataView(grown.buffer)
  }
}
