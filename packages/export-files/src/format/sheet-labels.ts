import type { DicomAttributes } from '@ahi-dicom/dicom-standard'
import { drawableText } from '../pictures/draw-text.ts'
import type { SeriesFrame } from './series-frames.ts'

/** Content of the header of a contact sheet. */
export interface SheetHeader {
  /** Number of tiles. */
  readonly shown: number
  /** Number of frames of the series. */
  readonly total: number
  readonly withPatientData: boolean
}

/**
 * Returns the lines above the tiles: modality, series number, and number of frames shown. With patient data, two more
 * lines show the patient, the study date and the descriptions.
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

/** Returns the label of a tile: instance number, frame number if the instance has several frames, and position. */
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

/** Returns true if a value looks like a code of VR CS. Free text may contain patient data, so it is not shown. */
function isCode(value: string): boolean {
  return /^[A-Z][A-Z0-9]{0,15}$/u.test(value)
}

function countOf(frames: number): string {
  return frames === 1 ? '1 frame' : `${frames} frames`
}

/** Returns a number with one decimal, and never `-0.0`. */
function tenths(value: number): string {
  return ((Math.round(value * 10) || 0) / 10).toFixed(1)
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('  ')
}
