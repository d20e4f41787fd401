import { open, type FileHandle } from 'node:fs/promises'
import { readFully } from '../files/read-fully.ts'
import { validationError, type ServiceError } from '../operation/service-error.ts'

/** A part of a multipart message in a file. */
export interface MultipartPart {
  /** Content-Type of the part. `undefined` if its headers have none. */
  readonly contentType: string | undefined
  /** Offsets in the file where the body of the part begins and ends. */
  readonly start: number
  readonly end: number
}

const windowLength = 1024 * 1024
/** Most bytes of the headers of one part. */
const longestHeaders = 16 * 1024

/**
 * Finds the parts of a multipart message (RFC 2046 5.1) without loading it into memory.
 * @throws {ServiceError} ValidationException if the message is malformed
 */
export async function findParts(path: string, boundary: string): Promise<MultipartPart[]> {
  await using file = await open(path, 'r')
  const delimiters = await findDelimiters(file, Buffer.from(`--${boundary}`))
  return await readParts(file, delimiters)
}

interface Delimiter {
  /** Offset where the delimiter begins, including the line break before it. */
  readonly start: number
  /** Offset after the delimiter. */
  readonly end: number
}

async function readParts(file: FileHandle, delimiters: readonly Delimiter[]): Promise<MultipartPart[]> {
  const parts: MultipartPart[] = []
  for (const [index, { end }] of delimiters.entries()) {
    const head = await readAt(file, end, longestHeaders)
    if (head.subarray(0, 2).toString('latin1') === '--') return parts
    const next = delimiters[index + 1]
    const lineEnd = head.indexOf('\r\n')
    // The headers end with an empty line. Without headers, it is the first line.
    const headersEnd = head.indexOf('\r\n\r\n', lineEnd)
    if (next === undefined || headersEnd < 0 || end + headersEnd + 4 > next.start) throw malformed()
    const headers = head.toString('latin1', lineEnd, headersEnd)
    const contentType = /^content-type:(.*)$/im.exec(headers)?.[1]?.trim()
    parts.push({ contentType, start: end + headersEnd + 4, end: next.start })
  }
  throw malformed()
}

/**
 * Finds the delimiters. It reads overlapping windows, so that one of them contains a delimiter at a border as a whole.
 */
async function findDelimiters(file: FileHandle, marker: Buffer): Promise<Delimiter[]> {
  const delimiters: Delimiter[] = []
  const overlap = marker.byteLength + 1
  for (let position = 0; ; position += windowLength) {
    const window = await readAt(file, position, windowLength + overlap)
    for (let at = window.indexOf(marker); at >= 0; at = window.indexOf(marker, at + 1)) {
      const start = position + at
      const isFirst = start === 0
      const isAfterLineBreak = at >= 2 && window.toString('latin1', at - 2, at) === '\r\n'
      const isNew = start >= (delimiters.at(-1)?.end ?? 0)
      if (isNew && (isFirst || isAfterLineBreak)) {
        delimiters.push({ start: isFirst ? 0 : start - 2, end: start + marker.byteLength })
      }
    }
    if (window.byteLength < windowLength + overlap) return delimiters
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length)
  return buffer.subarray(0, await readFully(file, position, buffer))
}

function malformed(): ServiceError {
  return validationError('The request body is not a complete multipart/related message')
}
