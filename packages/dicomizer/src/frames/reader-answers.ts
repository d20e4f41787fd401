import type { DecodedFrame } from '@ahi-dicom/htj2k-decoder'

import type { FrameStream, ReadFrame } from './frame-reader.ts'

/** A member of an answer, and its expected type. */
type Members = readonly (readonly [name: string, what: string, isRight: (value: unknown) => boolean])[]

const decodedMembers: Members = [
  ['pixels', 'a Uint8Array', isBytes],
  ['width', 'a positive integer', isPositiveInteger],
  ['height', 'a positive integer', isPositiveInteger],
  ['components', 'a positive integer', isPositiveInteger],
  ['bitsPerSample', 'an integer from 1 to 32', (value) => isPositiveInteger(value) && Number(value) <= 32],
  ['isSigned', 'a boolean', (value) => typeof value === 'boolean'],
  ['checksum', 'a number', (value) => typeof value === 'number'],
]
const readMembers: Members = [
  ['byteLength', 'a number of bytes', isByteLength],
  ['contentType', 'a string or `undefined`', isOptional((value) => typeof value === 'string')],
  ['stored', 'a Uint8Array or `undefined`', isOptional(isBytes)],
  ['release', 'a function or `undefined`', isOptional((value) => typeof value === 'function')],
]
const streamMembers: Members = [
  ['data', 'an async iterable of bytes', isAsyncIterable],
  ['byteLength', 'a number of bytes or `undefined`', isOptional(isByteLength)],
]
const storedMembers: Members = [
  ['data', 'a Uint8Array', isBytes],
  ['contentType', 'a string or `undefined`', isOptional((value) => typeof value === 'string')],
]

/**
 * Checks the result of a frame reader's `read`.
 *
 * @throws {TypeError} that names the expected and the actual type
 */
export function requireReadFrame(answer: ReadFrame, imageFrameId: string): ReadFrame {
  requireMembers(answer, readMembers, `\`read\` of the frame reader, for frame ${imageFrameId},`)
  if (answer.decoded !== undefined) requireDecodedFrame(answer.decoded, `frame ${imageFrameId}`)
  return answer
}

/** Checks the result of a frame reader's `stream`. See {@link requireReadFrame}. */
export function requireFrameStream(answer: FrameStream, imageFrameId: string): FrameStream {
  requireMembers(answer, streamMembers, `\`stream\` of the frame reader, for frame ${imageFrameId},`)
  return answer
}

/** Checks the result of a frame source's `getImageFrame`. See {@link requireReadFrame}. */
export function requireStoredFrame<Answer>(answer: Answer, imageFrameId: string): Answer {
  requireMembers(answer, storedMembers, `\`getImageFrame\` of the frame source, for frame ${imageFrameId},`)
  return answer
}

/** Checks the result of a decoder. See {@link requireReadFrame}. */
export function requireDecodedFrame(answer: DecodedFrame, what: string): DecodedFrame {
  requireMembers(answer, decodedMembers, `the decoder, for ${what},`)
  return answer
}

/** Checks the result of an instance source's `getDICOMInstance`. See {@link requireReadFrame}. */
export function requireInstanceFile<Answer>(answer: Answer, sopInstanceUid: string): Answer {
  requireMembers(answer, streamMembers, `\`getDICOMInstance\` of the instance source, for ${sopInstanceUid},`)
  return answer
}

function requireMembers(answer: unknown, members: Members, whose: string): void {
  if (typeof answer !== 'object' || answer === null) {
    const names = members.map(([name]) => `\`${name}\``).join(', ')
    throw new TypeError(`Expected ${whose} to give an object with ${names}, got \`${kindOf(answer)}\``)
  }
  for (const [name, what, isRight] of members) {
    const value: unknown = Reflect.get(answer, name)
    if (isRight(value)) continue
    throw new TypeError(`Expected ${whose} to give \`${name}\` as ${what}, got \`${kindOf(value)}\``)
  }
}

/** Names the type of a value. Text is never shown: it may be patient data. */
function kindOf(value: unknown): string {
  if (typeof value === 'object' && value !== null) return value.constructor?.name ?? 'object'
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : typeof value
}

function isOptional(isRight: (value: unknown) => boolean): (value: unknown) => boolean {
  return (value) => value === undefined || isRight(value)
}

function isBytes(value: unknown): boolean {
  return value instanceof Uint8Array
}

function isPositiveInteger(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) > 0
}

function isByteLength(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

function isAsyncIterable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}
