import { MetadataDocumentError } from './errors.ts'

/**
 * Limits of a document. The defaults have room for twice AHI's quota of 50 MB. They bound the time and the memory
 * that reading takes, whatever the document says.
 */
export interface DocumentLimits {
  /** Most bytes that the document may unpack to. Default 100 MiB. */
  readonly maxByteLength?: number | undefined
  /** Most levels of objects and arrays. Default 1,024: room for 500 nested sequences. */
  readonly maxDepth?: number | undefined
  /**
   * Most objects, arrays, members of objects and items of arrays, which bounds frames, attributes and values. The attributes
   * of a patient, a study and a series count for each instance. Default: one for 16 bytes of `maxByteLength`.
   */
  readonly maxEntries?: number | undefined
  /**
   * Most members of one object, such as the attributes of an instance or the instances of a series. Default 100,000, or
   * one for 1,024 bytes of `maxByteLength` if that is more.
   */
  readonly maxMembers?: number | undefined
}

/** {@link DocumentLimits} with the defaults filled in. */
export type ResolvedDocumentLimits = { readonly [limit in keyof DocumentLimits]-?: number }

/**
 * Threads of Node can give each other objects of some 1,500 levels. Beyond that a message is lost.
 */
const defaultDepth = 1024

/** Returns limits with the defaults for those that are left out. */
export function resolveDocumentLimits(limits: DocumentLimits): ResolvedDocumentLimits {
  const { maxByteLength = 100 * 2 ** 20, maxDepth = defaultDepth } = limits
  const { maxEntries = Math.floor(maxByteLength / 16) } = limits
  const { maxMembers = Math.max(100_000, Math.floor(maxByteLength / 1024)) } = limits
  return { maxByteLength, maxDepth, maxEntries, maxMembers }
}

/**
 * Checks how deep and how large a JSON text is before it is parsed: the parser would fill the memory first. It is exact
 * for JSON; whether the text is JSON, the parser tells.
 *
 * @throws {MetadataDocumentError} for a text beyond the limits
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
        if (depth > maxDepth) throw tooDeep(`${maxDepth} levels; raise \`maxDepth\` if that is meant`)
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
  const why = `it holds more than ${maxEntries} objects, arrays and members; raise \`maxEntries\` if that is meant`
  return new MetadataDocumentError('METADATA_TOO_MANY_ENTRIES', why)
}

function tooManyMembers(maxMembers: number): MetadataDocumentError {
  const why = `an object of it has more than ${maxMembers} members; raise \`maxMembers\` if that is meant`
  return new MetadataDocumentError('METADATA_TOO_MANY_ENTRIES', why)
}

/** Returns the error for a document that is nested deeper than `what`. */
export function tooDeep(what: string): MetadataDocumentError {
  return new MetadataDocumentError('METADATA_TOO_DEEP', `it is nested deeper than ${what}`)
}
