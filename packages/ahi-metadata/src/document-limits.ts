import { MetadataDocumentError } from './errors.ts'

/**
 * Limits of a document. They bound the time and the memory that reading takes, even for a hostile document. The
 * defaults leave room for twice AHI's quota of 50 MB.
 */
export interface DocumentLimits {
  /** Most bytes that the document may unpack to. Default 100 MiB. */
  readonly maxByteLength?: number | undefined
  /** Most levels of objects and arrays. Default 1,024: room for 500 nested sequences. */
  readonly maxDepth?: number | undefined
  /**
   * Most objects, arrays, members of objects and items of arrays. This limits frames, attributes and values. The
   * attributes of a patient, a study and a series count once for each instance. Default: `maxByteLength / 16`.
   */
  readonly maxEntries?: number | undefined
  /**
   * Most members of one object, such as the attributes of an instance or the instances of a series. Default: 100,000 or
   * `maxByteLength / 1024`, whichever is larger.
   */
  readonly maxMembers?: number | undefined
}

/** {@link DocumentLimits} with the defaults filled in. */
export type ResolvedDocumentLimits = { readonly [limit in keyof DocumentLimits]-?: number }

/** Threads of Node.js can send each other objects nested to about 1,500 levels. Deeper messages are lost. */
const defaultDepth = 1024

/**
 * Returns the limits, with defaults in place of those left out.
 *
 * @example
 * import { resolveDocumentLimits } from '@ahi-dicom/ahi-metadata'
 *
 * const { maxDepth, maxByteLength } = resolveDocumentLimits({ maxDepth: 16 })
 * console.log(maxDepth, maxByteLength) // 16 …
 */
export function resolveDocumentLimits(limits: DocumentLimits): ResolvedDocumentLimits {
  const { maxByteLength = 100 * 2 ** 20, maxDepth = defaultDepth } = limits
  const { maxEntries = Math.floor(maxByteLength / 16) } = limits
  const { maxMembers = Math.max(100_000, Math.floor(maxByteLength / 1024)) } = limits
  return { maxByteLength, maxDepth, maxEntries, maxMembers }
}

/**
 * Checks the depth and the number of entries of a JSON text before it is parsed, because the parser would fill the
 * memory first. The counts are exact if the text is valid JSON. Whether it is valid is left to the parser.
 *
 * @throws {MetadataDocumentError} if the text exceeds a limit
 */
export function checkExtent(json: Uint8Array, { maxDepth, maxEntries, maxMembers }: ResolvedDocumentLimits): void {
  const members = new Uint32Array(maxDepth + 1)
  const isArray = new Uint8Array(maxDepth + 1)
  let depth = 0
  let entries = 0
  for (let index = 0; index < json.length; index += 1) {
    switch (json[index]) {
      case 0x22: // "
        index = endOfString(json, index)
        break
      case 0x7b: // {
      case 0x5b: // [
        depth += 1
        entries += 1
        if (depth > maxDepth) throw tooDeep(`${maxDepth} levels; raise \`maxDepth\` if you expect this`)
        if (entries > maxEntries) throw tooManyEntries(maxEntries)
        members[depth] = 0
        isArray[depth] = json[index] === 0x5b ? 1 : 0
        break
      case 0x7d: // }
      case 0x5d: // ]
        depth -= 1
        break
      case 0x2c: // ,
        // Items that are objects or arrays are counted where they begin.
        if (isArray[depth] === 1 && json[index + 1] !== 0x7b && json[index + 1] !== 0x5b) entries += 1
        if (entries > maxEntries) throw tooManyEntries(maxEntries)
        break
      case 0x3a: // :
        entries += 1
        members[depth] = (members[depth] ?? 0) + 1
        if ((members[depth] ?? 0) > maxMembers) throw tooManyMembers(maxMembers)
        if (entries > maxEntries) throw tooManyEntries(maxEntries)
    }
  }
}

function endOfString(json: Uint8Array, start: number): number {
  for (let index = start + 1; index < json.length; index += 1) {
    if (json[index] === 0x5c) index += 1
    else if (json[index] === 0x22) return index
  }
  return json.length
}

/** Returns the error for a document that holds more than `maxEntries`. */
export function tooManyEntries(maxEntries: number): MetadataDocumentError {
  const why = `it holds more than ${maxEntries} objects, arrays and members; raise \`maxEntries\` if you expect this`
  return new MetadataDocumentError('METADATA_TOO_MANY_ENTRIES', why)
}

function tooManyMembers(maxMembers: number): MetadataDocumentError {
  const why = `one of its objects has more than ${maxMembers} members; raise \`maxMembers\` if you expect this`
  return new MetadataDocumentError('METADATA_TOO_MANY_ENTRIES', why)
}

/** Returns the error for a document that is nested deeper than `limit`. */
export function tooDeep(limit: string): MetadataDocumentError {
  return new MetadataDocumentError('METADATA_TOO_DEEP', `it is nested deeper than ${limit}`)
}
