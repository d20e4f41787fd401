import { MalformedPduError } from './malformed-pdu-error.ts'
import { pduHeaderLength, pduTypes } from './pdu.ts'

/** Splits a stream of bytes into PDUs. */
export interface PduSplitter {
  /**
   * Adds bytes and returns the PDUs that are now complete, with headers. They may be views of the bytes.
   *
   * @throws {MalformedPduError} for an unknown type or a length that is too long, before the bytes of that length
   * arrive
   */
  feed(bytes: Uint8Array): readonly Uint8Array[]
}

/** Creates a splitter that holds at most one header and `longest` bytes, the longest allowed variable field. */
export function createPduSplitter({ longest }: { readonly longest: number }): PduSplitter {
  let held: Uint8Array[] = []
  let heldLength = 0
  /** Length of the PDU that has begun, or of its header while that is not complete. */
  let wanted = pduHeaderLength

  function hold(bytes: Uint8Array): void {
    held.push(bytes.slice())
    heldLength += bytes.byteLength
  }

  function takeHeld(bytes: Uint8Array): Uint8Array {
    if (heldLength === 0) return bytes
    const whole = Buffer.concat([...held, bytes])
    held = []
    heldLength = 0
    return whole
  }

  return {
    feed(bytes) {
      const pdus: Uint8Array[] = []
      let rest = bytes
      checkType(rest, heldLength)
      while (heldLength + rest.byteLength >= wanted) {
        const missing = wanted - heldLength
        const whole = takeHeld(rest.subarray(0, missing))
        rest = rest.subarray(missing)
        const byteLength = pduHeaderLength + variableLength(whole, longest)
        if (byteLength === whole.byteLength) {
          pdus.push(whole)
          wanted = pduHeaderLength
          checkType(rest, 0)
        } else {
          hold(whole)
          wanted = byteLength
        }
      }
      if (rest.byteLength > 0) hold(rest)
      return pdus
    },
  }
}

/** Checks the first byte. A server of another protocol shows by it, and may never send a whole header. */
function checkType(bytes: Uint8Array, heldLength: number): void {
  const [firstByte] = bytes
  if (firstByte === undefined || heldLength > 0) return
  if (firstByte < pduTypes.associateRequest || firstByte > pduTypes.abort) {
    throw new MalformedPduError(`there is no PDU of type ${firstByte}`, { firstByte })
  }
}

const fixedLength = 4

function variableLength(header: Uint8Array, longest: number): number {
  const [firstByte = 0] = header
  const length = new DataView(header.buffer, header.byteOffset, header.byteLength).getUint32(2)
  const isFixed = firstByte === pduTypes.associateReject || firstByte >= pduTypes.releaseRequest
  if (isFixed ? length !== fixedLength : length > longest) {
    throw new MalformedPduError(`a PDU of type ${firstByte} declares ${length} bytes`, { firstByte })
  }
  return length
}
