import { formatTag, parseTag } from '@ahi-dicom/dicom-standard'
import { lookUpKeyword } from '@ahi-dicom/dicom-standard/dictionary'

/** An attribute that a picture does not use unchanged. */
export interface PictureNotice {
  readonly code: 'PICTURE_ATTRIBUTE_INVALID'
  /** Tag of the attribute as `GGGGEEEE`. The attribute may be in an item. */
  readonly tag: string
  /** Names the attribute and the picture's fallback, never a value. */
  readonly message: string
}

/** Called once for each notice. */
export type OnPictureNotice = (notice: PictureNotice) => void

/** Returns the notice for an attribute, by its keyword or its tag. */
export function pictureNotice(keyword: string, what: string): PictureNotice {
  const tag = lookUpKeyword(keyword)?.tag ?? parseTag(keyword) ?? 0
  return { code: 'PICTURE_ATTRIBUTE_INVALID', tag: formatTag(tag), message: `${keyword} ${what}` }
}
