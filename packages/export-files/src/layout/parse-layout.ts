import { defaultLayout, type Layout } from './layout.ts'
import { createMediaLayout, mediaLayout } from './media-layout.ts'
import { parseTemplate } from './parse-template.ts'
import { shortHash } from './safe-name.ts'

/**
 * Parses a layout template: names of folders and of the file, separated by `/`, with attributes as `{Keyword}`. If the
 * template lacks `{SOPInstanceUID}`, file names end in a short hash of that UID, so that no two instances share a path.
 * The template `media` makes File IDs of PS3.10.
 *
 * @param template Default {@link defaultLayout}.
 * @throws {LayoutError} if a keyword is not in PS3.6 or is not text, or if the template is not a valid relative path
 * @example
 * import { parseLayout } from '@ahi-dicom/export-files'
 *
 * const layout = parseLayout('{Modality}/{SOPInstanceUID}')
 * console.log(layout.path(instance)) // CT/…
 */
export function parseLayout(template: string = defaultLayout): Layout {
  if (template === mediaLayout) return createMediaLayout()
  const parsed = parseTemplate(template)
  const isUnique = parsed.keywords.includes('SOPInstanceUID')
  return {
    template,
    hasExtension: true,
    alternative: (wanted, text) => `${wanted}-${shortHash(text)}`,
    mask: parsed.mask,
    path(instance) {
      const path = parsed.path(instance)
      return isUnique ? path : `${path}-${shortHash(instance.sopInstanceUid)}`
    },
  }
}
