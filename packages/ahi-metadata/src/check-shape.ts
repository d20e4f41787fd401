import { MetadataDocumentError } from './errors.ts'
import type { AttributeMap } from './image-set-metadata.ts'
import { printable } from './printable.ts'

/** Throws if a value does not have the form that a document has at `path`. */
export type Check = (value: unknown, path: string) => void

export function checkItems(value: unknown, path: string, check: Check): void {
  if (!Array.isArray(value)) throw mismatch(path, value, 'an array')
  for (const [index, item] of value.entries()) check(item, `${path}[${index}]`)
}

/** Throws if the value is not an object. */
export function checkObject(value: unknown, path: string): asserts value is AttributeMap {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw mismatch(path, value, 'an object')
}

/** Throws if the value is not a string. */
export function checkString(value: unknown, path: string): asserts value is string {
  if (typeof value !== 'string') throw mismatch(path, value, 'a string')
}

/** Throws if the value is not a number. */
export function checkNumber(value: unknown, path: string): asserts value is number {
  if (typeof value !== 'number') throw mismatch(path, value, 'a number')
}

function mismatch(path: string, value: unknown, expected: string): MetadataDocumentError {
  const place = path === '' ? 'the whole document' : `\`${path}\``
  const why = `it is JSON but not an image set: ${place} is ${kindOf(value)}, not ${expected}`
  return new MetadataDocumentError('METADATA_NOT_AN_IMAGE_SET', why, { path })
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'missing'
  if (value === null) return 'null'
  return Array.isArray(value) ? 'an array' : typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

/** Returns the path of a member of a map. */
export function memberPath(path: string, key: string): string {
  return `${path}["${printable(key.slice(0, 64))}"]`
}
