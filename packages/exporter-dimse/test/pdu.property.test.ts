import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeCommandSet, encodeCommandSet } from '../src/message/command-set.ts'
import { MalformedMessageError } from '../src/message/malformed-message-error.ts'
import { decodePdu } from '../src/pdu/decode-pdu.ts'
import { encodePdu } from '../src/pdu/encode-pdu.ts'
import { MalformedPduError } from '../src/pdu/malformed-pdu-error.ts'
import type { Pdu } from '../src/pdu/pdu.ts'
import { createPduSplitter } from '../src/pdu/pdu-splitter.ts'

const uid = fc.stringMatching(/^[0-9]{1,4}(\.[0-9]{1,8}){1,6}$/)
const byte = fc.integer({ min: 0, max: 255 })
const aeTitle = fc.stringMatching(/^[A-Z0-9_]{1,16}$/)
const id = fc.integer({ min: 0, max: 127 }).map((position) => 2 * position + 1)
const user = fc.record({
  maxPduLength: fc.integer({ min: 0, max: 0xffffffff }),
  implementationClassUid: uid,
  implementationVersionName: aeTitle,
})
const value = fc.record({
  contextId: id,
  isCommand: fc.boolean(),
  isLast: fc.boolean(),
  bytes: fc.uint8Array({ maxLength: 300 }),
})

const pdus: fc.Arbitrary<Pdu> = fc.oneof(
  fc.record({
    kind: fc.constant('associate-request' as const),
    calledAeTitle: aeTitle,
    callingAeTitle: aeTitle,
    contexts: fc.array(
      fc.record({ id, abstractSyntax: uid, transferSyntaxes: fc.array(uid, { minLength: 1, maxLength: 4 }) }),
      { maxLength: 128 },
    ),
    user,
  }),
  fc.record({
    kind: fc.constant('associate-accept' as const),
    contexts: fc.array(fc.record({ id, result: byte, transferSyntax: uid }), { maxLength: 128 }),
    user,
  }),
  fc.record({ kind: fc.constant('associate-reject' as const), result: byte, source: byte, reason: byte }),
  fc.record({ kind: fc.constant('data' as const), values: fc.array(value, { maxLength: 4 }) }),
  fc.constant({ kind: 'release-request' as const }),
  fc.constant({ kind: 'release-response' as const }),
  fc.record({ kind: fc.constant('abort' as const), source: byte, reason: byte }),
)

const pieces = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 50 })

/** Cuts bytes into pieces of the given lengths, repeated. */
function cut(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const parts: Uint8Array[] = []
  for (let offset = 0, turn = 0; offset < bytes.byteLength; turn++) {
    const length = lengths[turn % lengths.length] ?? 1
    parts.push(bytes.subarray(offset, offset + length))
    offset += length
  }
  return parts
}

test('every PDU is read as written, from pieces of any size', () => {
  fc.assert(
    fc.property(fc.array(pdus, { minLength: 1, maxLength: 5 }), pieces, (sent, lengths) => {
      const splitter = createPduSplitter({ longest: 1 << 20 })
      const received = cut(Buffer.concat(sent.map(encodePdu)), lengths).flatMap((part) => splitter.feed(part))
      expect(received.map((pdu) => normal(decodePdu(pdu)))).toEqual(sent.map(normal))
    }),
    { numRuns: 300 },
  )
})

function normal(pdu: Pdu): unknown {
  return pdu.kind === 'data' ? pdu.values.map((value) => ({ ...value, bytes: Buffer.from(value.bytes) })) : pdu
}

test('garbage is refused, and never needs more bytes than the longest PDU', () => {
  const garbage = fc.oneof(
    fc.uint8Array({ maxLength: 2000 }),
    fc.tuple(pdus, fc.nat(), byte, fc.nat()).map(([pdu, at, byte, end]) => {
      const bytes = encodePdu(pdu).slice()
      bytes[at % bytes.byteLength] = byte
      return bytes.subarray(0, bytes.byteLength - (end % 4))
    }),
  )
  fc.assert(
    fc.property(garbage, pieces, (bytes, lengths) => {
      const splitter = createPduSplitter({ longest: 1000 })
      const lengthsOfPdus: number[] = []
      const read = (): void => {
        for (const part of cut(bytes, lengths)) {
          for (const pdu of splitter.feed(part)) {
            lengthsOfPdus.push(pdu.byteLength)
            decodePdu(pdu)
          }
        }
      }
      expect(failureOf(read) ?? malformed).toBeInstanceOf(MalformedPduError)
      expect(Math.max(0, ...lengthsOfPdus)).toBeLessThanOrEqual(1006)
    }),
    { numRuns: 3000 },
  )
})

test('a PDU that declares too many bytes is refused after its header', () => {
  const splitter = createPduSplitter({ longest: 1000 })
  expect(() => splitter.feed(Uint8Array.of(4, 0, 0xff, 0xff, 0xff, 0xff))).toThrow(MalformedPduError)
})

test('another protocol is refused at its first byte', () => {
  expect(() => createPduSplitter({ longest: 1000 }).feed(Buffer.from('H'))).toThrow(MalformedPduError)
})

test('a command set is read as written, and garbage is refused', () => {
  const numbers = [0x0100, 0x0110, 0x0120, 0x0700, 0x0800, 0x0900]
  const commandSet = fc
    .tuple(
      fc.array(fc.tuple(fc.constantFrom(...numbers), fc.integer({ min: 0, max: 0xffff }))),
      fc.array(fc.tuple(fc.constantFrom(0x0002, 0x1000), uid)),
    )
    .map(([integers, uids]) => new Map<number, string | number>([...integers, ...uids]))
  fc.assert(
    fc.property(commandSet, (set) => {
      expect(decodeCommandSet(encodeCommandSet(set))).toEqual(new Map([...set].toSorted(([a], [b]) => a - b)))
    }),
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const failure = failureOf(() => decodeCommandSet(bytes)) ?? new MalformedMessageError()
      expect(failure).toBeInstanceOf(MalformedMessageError)
    }),
    { numRuns: 2000 },
  )
})

const malformed = new MalformedPduError('', { firstByte: 0 })

/** Returns the error that a call throws. `undefined` if it throws none. */
function failureOf(call: () => unknown): unknown {
  try {
    call()
    return undefined
  } catch (error) {
    return error
  }
}
