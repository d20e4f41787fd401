/**
 * How messages show the paths that a layout makes: a text in place of each part that may name a patient, null for a part
 * that is shown as it is. Empty if all are. Plain data: lanes of other threads get it as well.
 */
export type PathMask = readonly (string | null)[]

/**
 * Returns the form of a path that messages show. Paths are relative to the destination, with forward slashes.
 *
 * @example
 * import { maskPath } from '@ahi-dicom/export-files'
 *
 * console.log(maskPath('A1/1.2.3.dcm', ['{PatientID}', null])) // {PatientID}/1.2.3.dcm
 */
export function maskPath(path: string, mask: PathMask): string {
  const [, staging = '', rest = ''] = staged.exec(path) ?? []
  const names = rest.split('/')
  return staging + names.map((name, position) => maskedName(name, { position, mask })).join('/')
}

/** Returns a mask for paths of two layouts: a part is shown as it is if it is so in both of them. */
export function joinMasks(one: PathMask, other: PathMask): PathMask {
  const longer = one.length < other.length ? other : one
  return longer.map((_, position) => one[position] ?? other[position] ?? null)
}

/** A path, after the part of `stagingFolder`, or of that of a writer, and of an image set if it waits there. */
const staged = /^(\.ahi-dicom\/(?:writers\/[^/]*\/)?staged\/[^/]*\/)?(.*)$/su

function maskedName(name: string, { position, mask }: { readonly position: number; readonly mask: PathMask }): string {
  const shown = mask[position] ?? null
  if (shown === null) return name
  const isFile = position === mask.length - 1
  return isFile ? shown + shownExtension(name) : shown
}

/** Returns the extension of a file name that messages show. Any other may be part of the name of a patient. */
export function shownExtension(name: string): string {
  return /\.(?:dcm|png|jpg|webp|gif)$/u.exec(name)?.[0] ?? ''
}
