import { gunzip, InflateError } from '@ahi-dicom/runtime'
import {
  checkExtent,
  type DocumentLimits,
  resolveDocumentLimits,
  type ResolvedDocumentLimits,
  tooDeep,
} from './document-limits.ts'
import { MetadataDocumentError } from './errors.ts'
import { parseJson } from './exact-json.ts'
import { readImageSet } from './read-image-set.ts'
import { checkWhole } from './whole-image-set.ts'
import type { ImageSetMetadata, JsonValue } from './image-set-metadata.ts'

/** Options of {@link parseImageSetMetadata}. */
export interface ParseOptions extends DocumentLimits {
  /**
   * True to require the parts that AHI writes into every document: the attributes of each level, its UIDs, and an
   * instance in each series. Default false: missing maps are filled with empty ones.
   */
  readonly isWhole?: boolean | undefined
}

/**
 * Parses the document of GetImageSetMetadata, gzipped or plain, as its first bytes tell. Unknown keys are kept.
 *
 * @throws {MetadataDocumentError} if the bytes are not a metadata document, or exceed a limit
 * @example
 * import { parseImageSetMetadata, serializeImageSetMetadata } from '@ahi-dicom/ahi-metadata'
 *
 * const document = serializeImageSetMetadata(metadata) // or the body of GetImageSetMetadata
 * const { ImageSetID, Study } = parseImageSetMetadata(document)
 * console.log(ImageSetID, Object.keys(Study.Series).length)
 */
export function parseImageSetMetadata(document: Uint8Array | string, options: ParseOptions = {}): ImageSetMetadata {
  const limits = resolveDocumentLimits(options)
  const json = documentBytes(document, limits)
  if (startsLikeJson(json)) checkExtent(json, limits)
  const parsed = parseText(typeof document === 'string' ? document : decodeUtf8(json))
  if (options.isWhole === true) checkWhole(parsed)
  return readImageSet(parsed, limits)
}

function documentBytes(document: Uint8Array | string, { maxByteLength }: ResolvedDocumentLimits): Uint8Array {
  const bytes = typeof document === 'string' ? new TextEncoder().encode(document) : document
  const json = isGzip(bytes) ? unpack(bytes, maxByteLength) : bytes
  if (json.byteLength > maxByteLength) throw tooLarge(bytes, maxByteLength)
  return json
}

function isGzip(document: Uint8Array): boolean {
  return document[0] === 0x1f && document[1] === 0x8b
}

function unpack(document: Uint8Array, maxByteLength: number): Uint8Array {
  try {
    return gunzip(document, { maxByteLength })
  } catch (cause) {
    throw gunzipError(document, maxByteLength, cause)
  }
}

function gunzipError(document: Uint8Array, maxByteLength: number, cause: unknown): MetadataDocumentError {
  const { byteLength } = document
  const code = cause instanceof InflateError ? cause.code : undefined
  if (code === 'INFLATE_TOO_LARGE') return tooLarge(document, maxByteLength)
  if (code === 'INFLATE_TRUNCATED') {
    const why = `its gzip data ends early, after ${byteLength} bytes; fetch it again`
    return new MetadataDocumentError('METADATA_GZIP_TRUNCATED', why, { byteLength, cause })
  }
  return new MetadataDocumentError('METADATA_GZIP_CORRUPT', 'its gzip data is damaged; fetch it again', {
    byteLength,
    cause,
  })
}

function tooLarge(document: Uint8Array, maxByteLength: number): MetadataDocumentError {
  const why = `it unpacks to more than ${maxByteLength} bytes; raise \`maxByteLength\` if you expect this`
  return new MetadataDocumentError('METADATA_TOO_LARGE', why, { byteLength: document.byteLength })
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw notJson(bytes.byteLength, startsLikeJson(bytes) ? 'it is not UTF-8' : undefined)
  }
}

/** True if the first byte after white space is `[` or `{`. */
function startsLikeJson(bytes: Uint8Array): boolean {
  let start = 0
  while (isIgnored(bytes[start])) start += 1
  return bytes[start] === 0x5b || bytes[start] === 0x7b
}

/** True for white space of JSON and for the bytes of a byte order mark. */
function isIgnored(byte: number | undefined): boolean {
  switch (byte) {
    case 0x09:
    case 0x0a:
    case 0x0d:
    case 0x20:
    case 0xef:
    case 0xbb:
    case 0xbf:
      return true
    default:
      return false
  }
}

/**
 * Parses JSON. Errors take only the position from the parser's message, because it quotes the document, which may name
 * a patient.
 */
function parseText(text: string): JsonValue {
  try {
    return parseJson(text)
  } catch (error) {
    if (!/^[\s\uFEFF]*[[{]/.test(text)) throw notJson(text.length)
    // The reviver for 64-bit integers recurses.
    if (error instanceof RangeError) throw tooDeep('the stack of this program allows')
    const position = error instanceof SyntaxError ? /position (\d+)/.exec(error.message)?.[1] : undefined
    throw notJson(
      text.length,
      position === undefined ? 'it is cut short or damaged' : `it breaks at character ${position}`,
    )
  }
}

function notJson(byteLength: number, why?: string): MetadataDocumentError {
  if (why === undefined) {
    const neither = `it is neither gzip nor JSON (${byteLength} bytes); pass the body of GetImageSetMetadata`
    return new MetadataDocumentError('METADATA_NOT_GZIP_OR_JSON', neither, { byteLength })
  }
  return new MetadataDocumentError('METADATA_NOT_JSON', `it is not complete JSON: ${why}; fetch it again`, {
    byteLength,
  })
}
