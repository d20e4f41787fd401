import { maskPath, type PathMask } from '@ahi-dicom/export-files'

/**
 * Returns a message about an item that shows the paths of its files by a mask. Destinations and formats of the caller may
 * put the path that they were given into their messages, or a folder of it, or a temporary name beside it.
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

/** Matches a path that no other name begins or ends with. */
function wholePath(path: string): RegExp {
  return new RegExp(`(?<![^\\s"'\`/])${path.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&')}(?![^\\s"'\`/:,;])`, 'gu')
}
