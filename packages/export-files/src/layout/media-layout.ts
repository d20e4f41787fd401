import { hash } from 'node:crypto'
import type { Layout } from './layout.ts'

/** Name of the media layout, in place of a template. */
export const mediaLayout = 'media'

/** Characters of a component of a File ID, without I, O, 0 and 1, which are easily confused. */
const characters = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const componentLength = 8

/**
 * Creates the media layout. Its paths are File IDs of PS3.10 8.2, which are also valid in ISO 9660 level 1. They are
 * digests of the UIDs, so they contain no patient data and are the same in every run.
 */
export function createMediaLayout(): Layout {
  return {
    template: mediaLayout,
    mask: [],
    hasExtension: false,
    path: ({ studyInstanceUid, seriesInstanceUid, sopInstanceUid }) =>
      ['DICOM', ...[studyInstanceUid, seriesInstanceUid, sopInstanceUid].map(componentOf)].join('/'),
    alternative: (path, text) => path.replace(/[^/]*$/u, componentOf(`${path} ${text}`)),
  }
}

/** Returns the first 40 bits of a digest in base 32. */
function componentOf(text: string): string {
  const digest = hash('sha256', text, 'buffer')
  const bits = BigInt(`0x${digest.subarray(0, 5).toString('hex')}`)
  return Array.from({ length: componentLength }, (_, position) => {
    const index = Number((bits >> BigInt(5 * position)) & 31n)
    return characters[index] ?? ''
  }).join('')
}
