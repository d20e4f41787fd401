/**
 * Says how messages show the paths of a layout, one entry for each part of a path. A text replaces a part that may name
 * a patient; null leaves the part unchanged. Empty if no part is replaced. Plain data that can be sent to other
 * threads.
 */
export type PathMask = readonly (string | null)[]

/**
 * Returns a path as messages show it. Paths are relative to the destination, with forward slashes.
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

/**
 * Returns a mask for the paths of two layouts. It leaves a part unchanged only if both masks do.
 * @example
 * import { joinMasks, maskPath } from '@ahi-dicom/export-files'
 *
 * const mask = joinMasks(['{PatientID}', null], ['{StudyID}', null])
 * console.log(maskPath('A1/1.2.3.dcm', mask).endsWith('/1.2.3.dcm')) // true
 */
export function joinMasks(one: PathMask, other: PathMask): PathMask {
  const longer = one.length < other.length ? other : one
  return longer.map((_, position) => one[position] ?? other[position] ?? null)
}

/** Splits a path into the staging folder of an image set, if it begins with one, and the rest. */
const staged = /^(\.ahi-dicom\/(?:writers\/[^/]*\/)?staged\/[^/]*\/)?(.*)$/su

function maskedName(name: string, { position, mask }: { readonly position: number; readonly mask: PathMask }): string {
  const shown = mask[position] ?? null
  if (shown === null) return name
  const isFile = position === mask.length - 1
  return isFile ? shown + shownExtension(name) : shown
}

/** Returns the extension of a file name if it is a known one. Any other may be part of a patient's name. */
export function shownExtension(name: string): string {
  return /\.(?:dcm|png|jpg|webp|gif)$/u.exec(name)?.[0] ?? ''
}
