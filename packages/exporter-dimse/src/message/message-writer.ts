import { writeDataHeader } from '../pdu/encode-pdu.ts'
import { pduHeaderLength, valueHeaderLength } from '../pdu/pdu.ts'

/** Writes one message: a command set, and a data set in pieces. */
export interface MessageWriter {
  /**
   * Takes the next piece of the data set, and copies it. Returns a promise if it has to wait for the connection: take it
   * before the next piece.
   */
  add(piece: Uint8Array): Promise<void> | undefined
  /** Marks what was added last as the end of the data set, and writes what is left. */
  end(): Promise<void>
}

/** What {@link createMessageWriter} writes to. */
export interface MessageTarget {
  readonly contextId: number
  /** The longest variable field of a P-DATA-TF. */
  readonly maxPduLength: number
  /** Two buffers of the same size, in which at least one P-DATA-TF of that length fits. */
  readonly buffers: readonly [Uint8Array, Uint8Array]
  /** Resolves once the bytes may be changed. */
  readonly write: (bytes: Uint8Array) => Promise<void>
}

const headerLength = pduHeaderLength + valueHeaderLength

/**
 * Begins a message that has a data set (PS3.8 E and PS3.7 6.3). Command set and data set go into buffers, PDU behind PDU; a
 * buffer is written when the next PDU does not fit, while the other one is filled.
 */
export async function beginMessage(command: Uint8Array, target: MessageTarget): Promise<MessageWriter> {
  const { contextId, write } = target
  const longestPart = target.maxPduLength - valueHeaderLength
  let [filling, other] = target.buffers
  /** Where the PDU begins that is being filled. */
  let start = 0
  /** Bytes of the part in it. */
  let length = 0
  let isCommand = true
  let writing: Promise<void> = Promise.resolve()

  /** The last part of a message is marked, so a PDU ends only when more comes, or nothing. */
  function endPdu(isLast: boolean): void {
    writeDataHeader(filling, start, { contextId, byteLength: length, isCommand, isLast })
    start += headerLength + length
    length = 0
  }

  /** Begins to write what is filled, and goes on in the other buffer once that is written. */
  async function swap(): Promise<void> {
    const bytes = filling.subarray(0, start)
    await writing
    ;[filling, other] = [other, filling]
    start = 0
    writing = write(bytes)
    // The next one to wait for it gets the failure.
    writing.catch(() => {})
  }

  async function fill(piece: Uint8Array): Promise<void> {
    for (let rest = piece; rest.byteLength > 0; rest = rest.subarray(copy(rest))) {
      if (length === longestPart) endPdu(false)
      const hasRoom = start + headerLength + longestPart <= filling.byteLength
      if (length === 0 && !hasRoom) await swap()
    }
  }

  /** Copies as much as the PDU takes, and returns how much. */
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
