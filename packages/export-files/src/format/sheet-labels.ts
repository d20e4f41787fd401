import type { DicomAttributes } from '@ahi-dicom/dicom-standard'
import { drawableText } from '../pictures/draw-text.ts'
import type { SeriesFrame } from './series-frames.ts'

/** What the header of a sheet tells. */
export interface SheetHeader {
  /** Tiles of the sheet. */
  readonly shown: number
  /** Frames of the series. */
  readonly total: number
  readonly withPatientData: boolean
}

/**
 * Returns the lines above the tiles: modality, number of the series, and how many frames are shown. With patient data, lines
 * about the patient and the study, and the descriptions, which people type.
 */
export function headerLines(
  attributes: DicomAttributes,
  { shown, total, withPatientData }: SheetHeader,
): readonly string[] {
  const modality = attributes.string('Modality') ?? ''
  const number = attributes.number('SeriesNumber')
  const facts = [
    isCode(modality) ? modality : '',
    number !== undefined && Number.isFinite(number) ? `series ${number}` : '',
    shown === total ? countOf(total) : `${shown} of ${countOf(total)}`,
  ]
  return [joined(facts), ...(withPatientData ? patientLines(attributes) : [])]
}

/** Returns the label of a tile: number of the instance, number of the frame if it has several, and position. */
export function tileLabel({ instance: { attributes, pictureCount }, frame, position }: SeriesFrame): string {
  const number = attributes.number('InstanceNumber')
  const place = position ?? (pictureCount === 1 ? attributes.number('SliceLocation') : undefined)
  return joined([
    number !== undefined && Number.isFinite(number) ? `#${number}` : '',
    pictureCount > 1 ? `frame ${frame + 1}` : '',
    place !== undefined && Number.isFinite(place) ? `${tenths(place)} mm` : '',
  ])
}

function patientLines(attributes: DicomAttributes): readonly string[] {
  const text = (keyword: string): string => drawableText(attributes.string(keyword) ?? '')
  const [name = ''] = text('PatientName').split('=')
  return [
    joined([name.replaceAll('^', ' ').trim(), text('PatientID'), text('PatientBirthDate'), text('PatientSex')]),
    joined([text('StudyDate'), text('StudyDescription'), text('SeriesDescription')]),
  ].filter((line) => line !== '')
}

/** Whether a value is a code of the standard, as CS allows them. Free text may be of a patient. */
function isCode(value: string): boolean {
  return /^[A-Z][A-Z0-9]{0,15}$/u.test(value)
}

function countOf(frames: number): string {
  return frames === 1 ? '1 frame' : `${frames} frames`
}

/** No position is a negative zero. */
function tenths(value: number): string {
  return ((Math.round(value * 10) || 0) / 10).toFixed(1)
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('  ')
}
