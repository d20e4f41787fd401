import { writeDataHeader } from '../pdu/encode-pdu.ts'
import { pduHeaderLength, valueHeaderLength } from '../pdu/pdu.ts'

/** Writes one message: a command set and a data set in pieces. */
export interface MessageWriter {
  /** Copies the next piece of the data set. If it returns a promise, await it before the next piece. */
  add(piece: Uint8Array): Promise<void> | undefined
  /** Ends the data set and writes the rest. */
  end(): Promise<void>
}

/** The target of {@link beginMessage}. */
export interface MessageTarget {
  readonly contextId: number
  /** The longest variable field of a P-DATA-TF. */
  readonly maxPduLength: number
  /** Two buffers of the same size. At least one P-DATA-TF of that length must fit in each. */
  readonly buffers: readonly [Uint8Array, Uint8Array]
  /** Writes bytes. Resolves when the bytes may be changed. */
  readonly write: (bytes: Uint8Array) => Promise<void>
}

const headerLength = pduHeaderLength + valueHeaderLength

/**
 * Begins a message with a data set (PS3.8 E and PS3.7 6.3). Command set and data set fill a buffer, PDU after PDU. When
 * the next PDU does not fit, the buffer is written while the other one is filled.
 */
export async function beginMessage(command: Uint8Array, target: MessageTarget): Promise<MessageWriter> {
  const { contextId, write } = target
  const longestPart = target.maxPduLength - valueHeaderLength
  let [filling, other] = target.buffers
  /** Start of the PDU that is being filled. */
  let start = 0
  /** Bytes of the part in this PDU. */
  let length = 0
  let isCommand = true
  let writing: Promise<void> = Promise.resolve()

  /**
   * Ends the current PDU. It is called only when more bytes come or the message ends, because the last part of a
   * message must be marked.
   */
  function endPdu(isLast: boolean): void {
    writeDataHeader(filling, start, { contextId, byteLength: length, isCommand, isLast })
    start += headerLength + length
    length = 0
  }

  /** Writes the filled buffer and continues in the other one, as soon as that is written. */
  async function swap(): Promise<void> {
    const bytes = filling.subarray(0, start)
    await writing
    ;[filling, other] = [other, filling]
    start = 0
    writing = write(bytes)
    // The next call that awaits it gets the failure.
    writing.catch(() => {})
  }

  async function fill(piece: Uint8Array): Promise<void> {
    for (let rest = piece; rest.byteLength > 0; rest = rest.subarray(copy(rest))) {
      if (length === longestPart) endPdu(false)
      const hasRoom = start + headerLength + longestPart <= filling.byteLength
      if (length === 0 && !hasRoom) await swap()
    }
  }

  /** Copies as many bytes as the PDU can hold. Returns their number. */
  function copy(bytes: Uint8Array): number {
    const count = Math.min(bytes.byteLength, longestPart - length)
    filling.set(count === bytes.byteLength ? bytes : bytes.subarray(0, count), start + headerLength + length)
    length += count
    return count
  }

  await fill(command)
  endPdu(true)
  isCommand = false
  return {
    add(piece) {
      if (length === 0 || piece.byteLength > longestPart - length) return fill(piece)
      copy(piece)
      return undefined
    },
    async end() {
      const hasRoom = start + headerLength <= filling.byteLength
      if (length === 0 && !hasRoom) await swap()
      endPdu(true)
      await writing
      await write(filling.subarray(0, start))
    },
  }
}
