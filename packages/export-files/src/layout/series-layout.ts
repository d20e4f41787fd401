import { attributeLevel } from '@ahi-dicom/ahi-metadata'
import { formatTag } from '@ahi-dicom/dicom-standard'
import { lookUpKeyword } from '@ahi-dicom/dicom-standard/dictionary'
import { defaultSeriesLayout, type SeriesLayout } from './layout.ts'
import { mediaLayout } from './media-layout.ts'
import { parseTemplate } from './parse-template.ts'
import { shortHash } from './safe-name.ts'

/**
 * Parses the layout template of series. It may contain attributes of the patient, the study and the series. If it lacks
 * `{SeriesInstanceUID}`, file names contain a short hash of that UID, so that no two series share a path.
 *
 * @param template Default {@link defaultSeriesLayout}.
 * @throws {TypeError} if the template contains an attribute of instances, or if it is `media`
 * @throws {LayoutError} if a keyword is not in PS3.6 or is not text, or if the template is not a valid relative path
 * @example
 * import { parseSeriesLayout } from '@ahi-dicom/export-files'
 *
 * const layout = parseSeriesLayout('{StudyInstanceUID}/{Modality}-{SeriesNumber}')
 * console.log(layout.path(instance)) // …
 */
export function parseSeriesLayout(template: string = defaultSeriesLayout): SeriesLayout {
  if (template === mediaLayout) {
    throw new TypeError(
      `Expected a path template for \`seriesLayout\`, got \`${mediaLayout}\`: media can only hold DICOM files`,
    )
  }
  const parsed = parseTemplate(template)
  const ofInstances = parsed.keywords.find((keyword) => levelOf(keyword) === 'Instance')
  if (ofInstances !== undefined) {
    throw new TypeError(
      `Expected attributes of the patient, the study or the series in \`seriesLayout\`, got \`{${ofInstances}}\`: ` +
        'its value may differ within a series; use it in `layout`, or choose another attribute, such as {SeriesNumber}',
    )
  }
  const isUnique = parsed.keywords.includes('SeriesInstanceUID')
  return {
    template,
    alternative: (wanted, text) => `${wanted}-${shortHash(text)}`,
    mask: parsed.mask,
    path(series) {
      const path = parsed.path(series)
      return isUnique ? path : `${path}-${shortHash(series.seriesInstanceUid)}`
    },
  }
}

function levelOf(keyword: string): ReturnType<typeof attributeLevel> {
  return attributeLevel(formatTag(lookUpKeyword(keyword)?.tag ?? 0))
}
