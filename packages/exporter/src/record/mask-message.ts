import { maskPath, type PathMask } from '@ahi-dicom/export-files'

/**
 * Returns a message about an item with the paths of its files masked. A destination or format of the caller may put a
 * path, one of its folders, or a temporary name next to it into a message.
 */
export function maskMessage(message: string, stem: string, mask: PathMask): string {
  if (mask.length === 0) return message
  const names = stem.split('/')
  const file = names.at(-1) ?? ''
  let masked = message.replaceAll(stem, () => maskPath(stem, mask))
  masked = masked.replaceAll(file, () => mask[names.length - 1] ?? file)
  for (let count = names.length - 1; count > 0; count--) {
    const folder = names.slice(0, count).join('/')
    masked = masked.replace(wholePath(folder), () => maskPath(folder, mask))
  }
  return masked
}

/** Matches a path only as a whole, not as part of a longer name. */
function wholePath(path: string): RegExp {
  return new RegExp(`(?<![^\\s"'\`/])${path.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&')}(?![^\\s"'\`/:,;])`, 'gu')
}
