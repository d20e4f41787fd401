import { formatTag, parseTag } from '@ahi-dicom/dicom-standard'
import { lookUpKeyword } from '@ahi-dicom/dicom-standard/dictionary'

/** Something of a data set that a picture does not use as it is. */
export interface PictureNotice {
  readonly code: 'PICTURE_ATTRIBUTE_INVALID'
  /** `GGGGEEEE` of the attribute, which may be in an item. */
  readonly tag: string
  /** Names the attribute and what the picture does instead, never a value. */
  readonly message: string
}

/** Takes notices, each once. */
export type OnPictureNotice = (notice: PictureNotice) => void

/** Returns the notice for an attribute, by its keyword or its tag. */
export function pictureNotice(keyword: string, what: string): PictureNotice {
  const tag = lookUpKeyword(keyword)?.tag ?? parseTag(keyword) ?? 0
  return { code: 'PICTURE_ATTRIBUTE_INVALID', tag: formatTag(tag), message: `${keyword} ${what}` }
}
