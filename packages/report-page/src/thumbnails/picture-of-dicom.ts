import { readFileFrame } from '@ahi-dicom/dicom-diff'
import type { DicomAttributes } from '@ahi-dicom/dicom-standard'
import type { OpenedPart10 } from '@ahi-dicom/dicom-standard/reader'
import { describeImage, renderFrame, RenderError, type Picture } from '@ahi-dicom/renderer'

/** Options of {@link pictureOfDicom}. */
export interface PictureOptions {
  readonly attributes: DicomAttributes
  /** Counted from 0. */
  readonly frame: number
  readonly mostPixels: number
}

/** Renders a frame of a DICOM file. Returns undefined if it has none that can be shown. */
export async function pictureOfDicom(
  opened: OpenedPart10,
  { attributes, frame, mostPixels }: PictureOptions,
): Promise<Picture | undefined> {
  if ((attributes.number('Rows') ?? 0) * (attributes.number('Columns') ?? 0) > mostPixels) return undefined
  const decoded = await readFileFrame(opened, { frame })
  if (decoded === undefined) return undefined
  const { values, width, height, components, photometricInterpretation } = decoded
  try {
    const image = describeImage(attributes, frame)
    return renderFrame(values, {
      ...image,
      rows: height,
      columns: width,
      samplesPerPixel: components,
      photometricInterpretation,
      planarConfiguration: 0,
    })
  } catch (error) {
    if (error instanceof RenderError) return undefined
    throw error
  }
}
