import { hash } from 'node:crypto'
import { printableJson } from '@ahi-dicom/ahi-metadata'
import { isObject, parseJson } from '../reading/json-members.ts'
import type { JsonMembers } from '../reading/json-members.ts'

/** A JSON object with a digest of its other members, which shows if the file was changed. */
export type Sealed<Members extends object> = Members & {
  /** SHA-256 of the JSON text of the other members, in lower-case hexadecimal. */
  readonly sha256: string
}

/**
 * Returns an object with its digest.
 *
 * @example
 * import { sealed } from '@ahi-dicom/export-files'
 *
 * console.log(sealed({ instances: 3 }).sha256.length) // 64
 */
export function sealed<Members extends object>(members: Members): Sealed<Members> {
  return { ...members, sha256: hash('sha256', JSON.stringify(members)) }
}

/**
 * Returns the text of a file that holds a sealed object.
 *
 * @example
 * import { sealed, sealedText } from '@ahi-dicom/export-files'
 *
 * console.log(sealedText(sealed({ instances: 3 })).includes('"instances"')) // true
 */
export function sealedText(members: Sealed<object>): string {
  return `${printableJson(JSON.stringify(members, undefined, 2))}\n`
}

/**
 * Returns the members of a sealed object. Returns undefined if its text was changed after {@link sealedText} made it.
 */
export function readSealed(text: string): JsonMembers | undefined {
  const value = parseJson(text)
  if (!isObject(value)) return undefined
  const { sha256: _, ...members } = value
  return text === sealedText(sealed(members)) ? members : undefined
}
